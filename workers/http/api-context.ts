import type { Site } from '../../stores/sites/site.ts';

/** What the handlers of the private API find in Hono's context. */
export interface ApiContext {
  Bindings: Env;
  Variables: { site: Site };
}

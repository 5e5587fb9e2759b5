import { env } from 'cloudflare:workers';
import { encodeAttributes } from '../../core/attributes/encode-attributes.ts';
import { siteDefinitions } from '../../stores/config/definitions.ts';

/** A profile of a state only, as `restore` takes it. */
export async function madeAgain(site: string, state: string) {
  const definitions = await siteDefinitions(env, site);
  if (!definitions) throw new Error('nobody can say what is defined');
  return {
    v: 1,
    state,
    attributes: encodeAttributes(new Map()),
    client: null,
    definitions,
    forgetTransitions: false,
  } as const;
}

import { log } from '../../stores/log.ts';

type Fields = Record<string, string | number | boolean | undefined | null>;

/** What handlers say of their requests; it goes with the request. */
const notes = new WeakMap<Request, Fields>();

/** Adds to the line that is logged of a request. Never pass a body, a key, a cookie or the id of a person. */
export function noteRequest(request: Request, fields: Fields): void {
  const held = notes.get(request);
  if (held) Object.assign(held, fields);
  else notes.set(request, { ...fields });
}

/** Logs the one line of a request: route, site, status, tier and reason of a read, ms. `route` is a pattern, never an address with ids. */
export function logRequest(
  request: Request,
  route: string,
  status: number,
  startedAtMs: number,
  requestId: string,
): void {
  const { route: noted, ...fields } = notes.get(request) ?? {};
  log('request', { route: noted ?? route, status, ms: Date.now() - startedAtMs, requestId, ...fields });
}

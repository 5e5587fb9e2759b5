import { z } from 'zod';
import { findSite } from '../../stores/sites/site.ts';
import { HttpError } from '../http/error.ts';
import { limitLookups } from '../http/rate-limits.ts';
import { readJson } from '../http/read-json.ts';
import { beginSession, endSession, isFromConsole, sessionSite } from '../http/session.ts';

const signInSchema = z.strictObject({ secretKey: z.string().min(1).max(128) });
const MAX_BODY_BYTES = 1_024;

/**
 * `/console/session`: `POST` begins a session with the site's secret key, `GET` says of which site it is, `DELETE` ends it. A session also ends
 * within half a minute of its key.
 */
export async function handleSession(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  if (!isFromConsole(request, url))
    throw new HttpError(403, 'Only the console itself may do this.', { code: 'not_from_console' });
  switch (request.method) {
    case 'POST': {
      const { secretKey } = await readJson(request, signInSchema, { maxBytes: MAX_BODY_BYTES, code: 'invalid_body' });
      const site = await findSite(env, secretKey.trim(), () => limitLookups(request, env));
      if (site?.keyKind !== 'secret')
        throw new HttpError(401, 'This is not the secret key of a site. It begins with "sk_".', {
          code: 'unknown_key',
        });
      return said({ site: site.id }, await beginSession(site, url, secretKey.trim()));
    }
    case 'GET': {
      const site = await sessionSite(request, url, env);
      return said({ site: site?.id ?? null });
    }
    case 'DELETE':
      return said({ site: null }, endSession(url));
    default:
      throw new HttpError(405, 'GET, POST or DELETE.', {
        code: 'method_not_allowed',
        headers: { allow: 'GET, POST, DELETE' },
      });
  }
}

function said(body: object, cookie?: string): Response {
  const headers = { 'cache-control': 'no-store', ...(cookie !== undefined && { 'set-cookie': cookie }) };
  return Response.json(body, { headers });
}

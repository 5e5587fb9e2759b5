import { Hono } from 'hono';
import { DEBUG_PARAMETER, debugToken } from '../../../core/debug/debug-token.ts';
import { MINUTE_MS } from '../../../core/time.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import { debugLinkSchema, newDebugLinkSchema } from './operation.ts';

const MAX_BODY_BYTES = 8_192;

/** `/api/debug-links` */
export const debugLinkRoutes = new Hono<ApiContext>().post('/', async (c) => {
  const site = c.get('site');
  const { minutes, page = site.origins[0] } = await readJson(c.req.raw, newDebugLinkSchema, {
    maxBytes: MAX_BODY_BYTES,
    code: 'invalid_debug_link',
  });
  const url = page === undefined ? undefined : new URL(page);
  if (url && !site.origins.includes(url.origin))
    throw new HttpError(
      400,
      `page: ${url.origin} is no origin of this site; it has ${site.origins.join(', ') || 'none'}.`,
      {
        code: 'invalid_debug_link',
      },
    );
  const until = Date.now() + minutes * MINUTE_MS;
  const token = debugToken(site.visitorKey, until);
  url?.searchParams.set(DEBUG_PARAMETER, token);
  const link = {
    url: url?.href ?? null,
    parameter: `${DEBUG_PARAMETER}=${token}`,
    until: new Date(until).toISOString(),
  };
  return answer(debugLinkSchema, link, { status: 201 });
});

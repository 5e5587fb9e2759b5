import { anonymousIdSchema } from '../../core/events/wire-event.ts';

const NAME = 'vitrine_id';
/** 13 months, the longest that European regulators accept for an audience cookie. */
const MAX_AGE_SECONDS = 395 * 86_400;

/** The visitor's id as the first-party cookie holds it. */
export function visitorOf(request: Request): string | undefined {
  for (const pair of (request.headers.get('cookie') ?? '').split(';')) {
    const [name, value] = pair.trim().split('=');
    if (name !== NAME || !value) continue;
    const parsed = anonymousIdSchema.safeParse(decode(value));
    if (parsed.success) return parsed.data;
  }
  return undefined;
}

/** The cookie to set for a page's visitor; nothing for servers, and when it stands already. */
export function visitorCookie(request: Request, url: URL, anonymousId: string | undefined): string | undefined {
  if (anonymousId === undefined || !request.headers.has('origin') || visitorOf(request) === anonymousId)
    return undefined;
  const secure = url.protocol === 'https:' ? '; Secure' : '';
  return `${NAME}=${encodeURIComponent(anonymousId)}; Path=/; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}

function decode(value: string): string | undefined {
  try {
    return decodeURIComponent(value);
  } catch {
    return undefined;
  }
}

import type { Client } from '../../../core/events/message.ts';
import { utf8Bytes } from '../../../core/events/pack.ts';
import type { SiteSettings } from '../../../core/sites/settings.ts';
import { readCookies } from '../../http/read-cookies.ts';

/** Characters of a value that are kept. */
const MAX_VALUE = 256;
/** All that is kept of a request, as JSON: it goes with each of its messages (`core/events/pack.ts` leaves room for it). */
const MAX_BYTES = 4_000;

type Collected = Pick<Client, 'headers' | 'cookies'>;

/** The headers and cookies of a page's request that its site wants to keep, as far as they fit; nothing of a server's, which speaks for somebody else. */
export function collected(request: Request, { collect }: SiteSettings, fromServer: boolean): Collected {
  if (fromServer || (collect.headers.length === 0 && collect.cookies.length === 0)) return {};
  let left = MAX_BYTES;
  const kept = (names: readonly string[], read: (name: string) => string | null | undefined) => {
    const found: Record<string, string> = {};
    for (const name of names) {
      const value = read(name)?.slice(0, MAX_VALUE);
      const bytes = value === undefined ? 0 : utf8Bytes(JSON.stringify([name, value]));
      if (value === undefined || bytes > left) continue;
      found[name] = value;
      left -= bytes;
    }
    return found;
  };
  const held = collect.cookies.length > 0 ? readCookies(request) : undefined;
  const headers = kept(collect.headers, (name) => request.headers.get(name));
  const cookies = kept(collect.cookies, (name) => held?.get(name));
  return {
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(Object.keys(cookies).length > 0 && { cookies }),
  };
}

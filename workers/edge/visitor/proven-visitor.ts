import { isSameToken, visitorToken } from '../../../core/identity/visitor-token.ts';
import type { Site } from '../../../stores/sites/site.ts';
import { type VisitorCookies, visitorCookies } from './visitor-cookie.ts';

/** Whom a request names, by itself or by its cookies, and whether it may read what is known of him. */
export interface NamedVisitor {
  readonly anonymousId: string | undefined;
  /** With the visitor's own token, or the site's secret key. */
  readonly proven: boolean;
}

/**
 * The visitor of a request. What it says itself goes before its cookies: after a logout the page is somebody else already, whose
 * cookie has not come yet.
 */
export function namedVisitor(
  request: Request,
  site: Site,
  said: { readonly anonymousId?: string | undefined; readonly visitorToken?: string | undefined },
  cookies: VisitorCookies = visitorCookies(request),
): NamedVisitor {
  const anonymousId = said.anonymousId ?? cookies.anonymousId;
  if (anonymousId === undefined || site.keyKind === 'secret') return { anonymousId, proven: anonymousId !== undefined };
  const given = [said.visitorToken, cookies.token].filter((token) => token !== undefined);
  // Most of what has no token needs no signature.
  if (given.length === 0) return { anonymousId, proven: false };
  const right = visitorToken(site.visitorKey, anonymousId);
  return { anonymousId, proven: given.some((token) => isSameToken(right, token)) };
}

import { type KeyScope, permits, SCOPES, type Scope } from '../../core/sites/scopes.ts';
import { noteLeak } from '../../stores/sites/key-use.ts';
import { findSite, type Site } from '../../stores/sites/site.ts';
import { HttpError } from './error.ts';
import { limitKey, limitLookups, limitVisitor } from './rate-limits.ts';
import { requestKey } from './request-key.ts';
import { noteRequest } from './request-log.ts';
import { sessionSite } from './session.ts';

/** The sites of requests that were authorized, for what is answered after an error. */
const sites = new WeakMap<Request, Site>();

/** The site that a request was found to be for, if its key was read. */
export function siteOfRequest(request: Request): Site | undefined {
  return sites.get(request);
}

/** The site that a request's key belongs to. Throws 401 for a missing or unknown key; the answer is the same for both kinds of wrong. */
export async function siteOf(request: Request, env: Env, key: string | undefined): Promise<Site> {
  if (!key) {
    const message = 'No key. Pass the site\'s write key as "?key=", as header "x-vitrine-key" or as Basic user.';
    throw new HttpError(401, message, { code: 'missing_key' });
  }
  const site = await findSite(env, key, () => limitLookups(request, env));
  if (!site)
    throw new HttpError(401, 'This key is unknown. Check it against the keys of your site.', { code: 'unknown_key' });
  return site;
}

/**
 * The site of a public request whose key may do what it `needs`. Only the public write key may stand in a URL or come from a page, and that must be
 * of one of the site's origins. `key` is what the body says, where neither address nor headers name one.
 */
export async function authorizePublic(
  request: Request,
  url: URL,
  env: Env,
  needs: KeyScope,
  key?: string,
): Promise<Site> {
  const site = await siteOf(request, env, requestKey(request, url) ?? key);
  noteRequest(request, { site: site.id });
  sites.set(request, site);
  const origin = request.headers.get('origin');
  if (site.keyKind === 'secret') refuseLeaked(env, site, url, origin);
  if (origin !== null && !site.origins.includes(origin)) {
    throw new HttpError(403, `Pages of ${origin} may not call this site. Add the origin to the site's list.`, {
      code: 'origin_refused',
    });
  }
  mustPermit(site, needs);
  limitKey(env, site);
  if (site.keyKind === 'write') limitVisitor(request, env, site);
  return site;
}

/** A secret key that stands where others read it is one no more: it is refused, and reported. */
function refuseLeaked(env: Env, site: Site, url: URL, origin: string | null): void {
  if (url.searchParams.has('key')) {
    noteLeak(env, site.keyHash, 'url', Date.now());
    throw new HttpError(
      400,
      'A secret key stands in a URL, where logs keep it. Replace it and send it as a Bearer token.',
      { code: 'secret_key_in_url' },
    );
  }
  // The API's own documentation may be tried out.
  if (origin === null || origin === url.origin) return;
  noteLeak(env, site.keyHash, 'page', Date.now());
  throw new HttpError(
    403,
    'A secret key comes from a page, where everybody reads it. Replace it, and give pages the write key.',
    { code: 'secret_key_in_page' },
  );
}

/** Throws 403 where a request's key may not do what `needs` says. */
export function mustPermit(site: Site, needs: KeyScope): void {
  if (permits(site.scopes, needs)) return;
  const what = SCOPES[needs.split(':')[0] as Scope];
  throw new HttpError(403, `This key may not do that (${what}); it needs the scope "${needs}".`, {
    code: 'scope_missing',
  });
}

/**
 * The site of a private request: it takes the secret key, or a session of the console that was begun with it. `scope` is what the request is about;
 * one that only reads needs no more than to read it.
 */
export async function authorizePrivate(request: Request, url: URL, env: Env, scope: Scope): Promise<Site> {
  const needs: KeyScope = request.method === 'GET' || request.method === 'HEAD' ? `${scope}:read` : scope;
  const signedIn = requestKey(request, url) === undefined ? await sessionSite(request, url, env) : undefined;
  if (signedIn) {
    noteRequest(request, { site: signedIn.id });
    mustPermit(signedIn, needs);
    return signedIn;
  }
  const site = await authorizePublic(request, url, env, needs);
  if (site.keyKind !== 'secret') {
    throw new HttpError(403, 'This needs the secret key of the site, as Bearer token.', {
      code: 'secret_key_required',
    });
  }
  return site;
}

/** Who makes a request, for the audit trail: never the key itself. */
export function actorOf(request: Request, site: Site): string {
  const how = requestKey(request, new URL(request.url)) === undefined ? 'console' : 'key';
  return `${how} ${site.keyHash.slice(0, 8)}`;
}

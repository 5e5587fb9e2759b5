import { findSite, type Site } from '../../stores/sites/site.ts';
import { HttpError } from './error.ts';
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
export async function siteOf(env: Env, key: string | undefined): Promise<Site> {
  if (!key) {
    const message = 'No key. Pass the site\'s write key as "?key=", as header "x-vitrine-key" or as Basic user.';
    throw new HttpError(401, message, { code: 'missing_key' });
  }
  const site = await findSite(env, key);
  if (!site)
    throw new HttpError(401, 'This key is unknown. Check it against the keys of your site.', { code: 'unknown_key' });
  return site;
}

/**
 * The site of a public request. Only the public write key may stand in a URL; a page must come from one of its origins. `key` is what
 * the body says, where neither address nor headers name one.
 */
export async function authorizePublic(request: Request, url: URL, env: Env, key?: string): Promise<Site> {
  const site = await siteOf(env, requestKey(request, url) ?? key);
  noteRequest(request, { site: site.id });
  sites.set(request, site);
  if (site.keyKind === 'secret' && url.searchParams.has('key')) {
    throw new HttpError(
      400,
      'A secret key stands in a URL, where logs keep it. Replace it and send it as a Bearer token.',
      {
        code: 'secret_key_in_url',
      },
    );
  }
  const origin = request.headers.get('origin');
  if (origin !== null && !site.origins.includes(origin)) {
    throw new HttpError(403, `Pages of ${origin} may not call this site. Add the origin to the site's list.`, {
      code: 'origin_refused',
    });
  }
  return site;
}

/** The site of a private request: it takes the secret key, or a session of the console that was begun with it. */
export async function authorizePrivate(request: Request, url: URL, env: Env): Promise<Site> {
  const signedIn = requestKey(request, url) === undefined ? await sessionSite(request, url, env) : undefined;
  if (signedIn) {
    noteRequest(request, { site: signedIn.id });
    return signedIn;
  }
  const site = await authorizePublic(request, url, env);
  if (site.keyKind !== 'secret') {
    throw new HttpError(403, 'This needs the secret key of the site, as Bearer token.', {
      code: 'secret_key_required',
    });
  }
  return site;
}

import { HttpError } from '../http/error.ts';
import { requestKey } from './request-key.ts';
import { type Site, siteOf } from './site.ts';

/** The site of a public request. Only the public write key may stand in a URL; a page must come from one of its origins. */
export async function authorizePublic(request: Request, url: URL, env: Env): Promise<Site> {
  const site = await siteOf(env, requestKey(request, url));
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

/** The site of a private request: it takes the secret key. */
export async function authorizePrivate(request: Request, url: URL, env: Env): Promise<Site> {
  const site = await authorizePublic(request, url, env);
  if (site.keyKind !== 'secret') {
    throw new HttpError(403, 'This needs the secret key of the site, as Bearer token.', {
      code: 'secret_key_required',
    });
  }
  return site;
}

/** The key of a request: `?key=`, the header `x-vitrine-key`, Bearer, or the user name of Basic. */
export function requestKey(request: Request, url: URL): string | undefined {
  const direct = url.searchParams.get('key') || request.headers.get('x-vitrine-key');
  if (direct) return direct;
  const [scheme, credentials] = (request.headers.get('authorization') ?? '').split(' ');
  if (!credentials) return undefined;
  if (scheme?.toLowerCase() === 'bearer') return credentials;
  if (scheme?.toLowerCase() !== 'basic') return undefined;
  try {
    return atob(credentials).split(':')[0] || undefined;
  } catch {
    return undefined;
  }
}

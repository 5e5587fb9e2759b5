/** Only addresses that a browser opens as a page or picture; `javascript:` and its kin become a link to nowhere. */
export function safeUrl(url: string): string {
  // What begins so has no other scheme, and needs no parser.
  if (/^(https?:\/\/|\/)/i.test(url)) return url;
  const parsed = URL.parse(url, 'https://relative.invalid/');
  return parsed?.protocol === 'https:' || parsed?.protocol === 'http:' ? url : '#';
}

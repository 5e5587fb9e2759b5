/** Only addresses that a browser opens as a page or picture; `javascript:` and its kin become a link to nowhere. */
export function safeUrl(url: string): string {
  const parsed = URL.parse(url, 'https://relative.invalid/');
  return parsed?.protocol === 'https:' || parsed?.protocol === 'http:' ? url : '#';
}

/** What of a request decides whether its page may be filled; headers by small name. */
export interface PageRequest {
  readonly method: string;
  readonly header: (name: string) => string | null;
}

/** What of an origin's answer decides it. */
export interface PageResponse {
  readonly status: number;
  readonly header: (name: string) => string | null;
}

/** Whether an answer to this request might be a page to fill: a plain GET of a whole document. */
export function mayBePage({ method, header }: PageRequest): boolean {
  return method === 'GET' && header('upgrade') === null && header('range') === null;
}

/** Encodings that the runtime opens and closes by itself; any other one, e.g. zstd, passes as it is. */
const ENCODINGS = new Set(['', 'identity', 'gzip', 'br']);

/** Whether an answer is a page that may be filled: whole HTML, in an encoding and charset that can be read, that nobody forbids to change. */
export function isPage({ status, header }: PageResponse): boolean {
  if (status !== 200) return false;
  const type = header('content-type') ?? '';
  if (!/^\s*text\/html\s*(;|$)/i.test(type)) return false;
  if (/(^|,)\s*no-transform\s*(,|$)/i.test(header('cache-control') ?? '')) return false;
  if (/^\s*attachment/i.test(header('content-disposition') ?? '')) return false;
  if (!ENCODINGS.has((header('content-encoding') ?? '').trim().toLowerCase())) return false;
  return isReadableCharset(charsetOf(type));
}

/** The charset that a `Content-Type` names, in small letters. */
export function charsetOf(type: string | null): string | undefined {
  return /;\s*charset\s*=\s*"?\s*([^\s";]+)/i.exec(type ?? '')?.[1]?.toLowerCase();
}

/** Whether a page in this charset can be changed as it streams; none said is as good as one that holds ASCII. */
function isReadableCharset(charset: string | undefined): boolean {
  if (charset === undefined || charset === 'utf-8') return true;
  if (
    /^(utf-?16|utf-?32|ucs-?2|unicode|iso-10646-ucs-2|csunicode|unicodefe?ff|utf-7|replacement|iso-2022|csiso2022|hz-gb)/i.test(
      charset,
    )
  )
    return false;
  try {
    return new TextDecoder(charset).encoding !== 'x-user-defined';
  } catch {
    return false;
  }
}

/** The encodings that the visitor takes, without those that the runtime cannot open. */
export function openableEncodings(accepted: string | null): string | undefined {
  if (accepted === null || accepted === '') return undefined;
  const kept = accepted
    .split(',')
    .map((one) => one.trim())
    .filter((one) => /^(gzip|br|identity)\s*(;|$)/i.test(one));
  return kept.length > 0 ? kept.join(', ') : 'identity';
}

/** HTML with every character beyond ASCII as a reference, so that it stands in a page of any charset. */
export function asciiHtml(html: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII stays as it is.
  if (/^[\x00-\x7f]*$/.test(html)) return html;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: likewise.
  return html.replace(/[^\x00-\x7f]/gu, (one) => `&#x${(one.codePointAt(0) ?? 0xfffd).toString(16)};`);
}

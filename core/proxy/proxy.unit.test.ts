import fc from 'fast-check';
import { describe, it } from 'vitest';
import { matchesGlob } from './path-glob.ts';
import { asciiHtml, isPage, mayBePage, openableEncodings } from './rewritable.ts';
import { askOf, askOfInclude } from './slot-ask.ts';

const page = (headers: Record<string, string>, status = 200) =>
  isPage({ status, header: (name) => headers[name] ?? null });
const html = 'text/html; charset=utf-8';

describe('a page to fill', () => {
  it.for([
    [{ 'content-type': html }, 200, true],
    [{ 'content-type': 'text/html' }, 200, true],
    [{ 'content-type': 'TEXT/HTML;charset="iso-8859-1"' }, 200, true],
    [{ 'content-type': html, 'content-encoding': 'gzip' }, 200, true],
    [{ 'content-type': html, 'content-encoding': 'br' }, 200, true],
    [{ 'content-type': html, 'cache-control': 'public, max-age=60' }, 200, true],
    [{}, 200, false],
    [{ 'content-type': 'application/json' }, 200, false],
    [{ 'content-type': 'text/htmlx' }, 200, false],
    [{ 'content-type': 'application/xhtml+xml' }, 200, false],
    [{ 'content-type': html }, 201, false],
    [{ 'content-type': html }, 206, false],
    [{ 'content-type': html }, 301, false],
    [{ 'content-type': html }, 404, false],
    [{ 'content-type': html }, 500, false],
    [{ 'content-type': html, 'content-encoding': 'zstd' }, 200, false],
    [{ 'content-type': html, 'content-encoding': 'gzip, br' }, 200, false],
    [{ 'content-type': html, 'cache-control': 'public, no-transform' }, 200, false],
    [{ 'content-type': html, 'content-disposition': 'attachment; filename=x.html' }, 200, false],
    [{ 'content-type': 'text/html; charset=utf-16' }, 200, false],
    [{ 'content-type': 'text/html; charset=utf-16le' }, 200, false],
    [{ 'content-type': 'text/html; charset=iso-2022-jp' }, 200, false],
    [{ 'content-type': 'text/html; charset=klingon' }, 200, false],
  ] as const)('of %j with status %i: %s', ([headers, status, expected], { expect }) => {
    expect(page(headers, status)).toBe(expected);
  });

  it.for([
    ['GET', {}, true],
    ['HEAD', {}, false],
    ['POST', {}, false],
    ['GET', { range: 'bytes=0-99' }, false],
    ['GET', { upgrade: 'websocket' }, false],
  ] as const)('may come of %s %j: %s', ([method, headers, expected], { expect }) => {
    expect(mayBePage({ method, header: (name) => (headers as Record<string, string>)[name] ?? null })).toBe(expected);
  });

  it.for([
    [null, undefined],
    ['gzip, deflate, br, zstd', 'gzip, br'],
    ['zstd', 'identity'],
    ['br;q=1.0, gzip;q=0.5, *;q=0', 'br;q=1.0, gzip;q=0.5'],
  ] as const)('is asked for in encodings that can be opened: %s', ([accepted, expected], { expect }) => {
    expect(openableEncodings(accepted)).toBe(expected);
  });

  it('takes HTML in ASCII, which says the same', ({ expect }) => {
    expect(asciiHtml('<p>Größe 38 — 😀</p>')).toBe('<p>Gr&#xf6;&#xdf;e 38 &#x2014; &#x1f600;</p>');
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const written = asciiHtml(text);
        const read = written.replace(/&#x([0-9a-f]+);/g, (found, hex: string) =>
          text.includes(found) ? found : String.fromCodePoint(Number.parseInt(hex, 16)),
        );
        // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII.
        expect(written).toMatch(/^[\x00-\x7f]*$/);
        expect(read).toBe(text.toWellFormed() === text ? text : read);
      }),
    );
  });
});

describe('a path that is switched off', () => {
  it.for([
    ['/checkout', '/checkout', true],
    ['/checkout', '/checkout/pay', false],
    ['/checkout/*', '/checkout/pay', true],
    ['/checkout/*', '/checkout', false],
    ['*/print', '/p/1/print', true],
    ['/a*b*c', '/aXbYbZc', true],
    ['/a*b*c', '/aXbYbZ', false],
    ['*', '/', true],
  ] as const)('%s means %s: %s', ([glob, path, expected], { expect }) => {
    expect(matchesGlob([glob], path)).toBe(expected);
  });

  it('is found as a regular expression would, and never slowly', ({ expect }) => {
    const alphabet = fc.constantFrom('a', 'b', '/', '*');
    fc.assert(
      fc.property(fc.array(alphabet), fc.array(fc.constantFrom('a', 'b', '/')), (parts, letters) => {
        const [glob, path] = [parts.join(''), letters.join('')];
        const pattern = new RegExp(`^${glob.replace(/\*+/g, '.*')}$`);
        expect(matchesGlob([glob], path)).toBe(pattern.test(path));
      }),
      { numRuns: 3_000 },
    );
    expect(matchesGlob([`${'*a'.repeat(200)}b`], 'a'.repeat(4_000))).toBe(false);
  });
});

describe('what markup asks', () => {
  const of = (attributes: Record<string, string>) => askOf(new Map(Object.entries(attributes)), 'de');
  it('is read of both forms', ({ expect }) => {
    expect(of({ name: 'home', strategy: 'trending', limit: '4' })).toEqual({
      ...{ slot: 'home', strategy: 'trending', limit: '4', locale: 'de' },
    });
    expect(of({ 'data-vitrine-slot': 'p', 'data-item': 'x', 'data-strategy': 'similar' })).toEqual({
      ...{ slot: 'p', strategy: 'similar', item: 'x', locale: 'de' },
    });
    expect(of({ strategy: 'trending' })).toBeUndefined();
    expect(of({ name: '' })).toBeUndefined();
  });

  it('is read of an include of a fragment, and of nothing else', ({ expect }) => {
    expect(askOfInclude('/v/fragments/home?strategy=trending&limit=3', undefined)).toEqual({
      ...{ slot: 'home', strategy: 'trending', limit: '3' },
    });
    for (const src of [
      '',
      '/x',
      'https://evil.example/v/fragments/home',
      '//evil.example/v/fragments/x',
      '/v/fragments/a/b',
      'http://[',
    ])
      expect(askOfInclude(src, undefined)).toBeUndefined();
  });
});

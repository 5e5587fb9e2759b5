import fc from 'fast-check';
import { describe, it } from 'vitest';
import { runs } from '../../test/material/runs.ts';
import { UnreadableFile } from '../tables/read-lines.ts';
import type { ReadRow } from '../tables/read-rows.ts';
import { readFeedXml } from './feed-xml.ts';

/** The rows of a feed that comes in pieces of so many characters. */
async function rowsOf(xml: string, piece = 7): Promise<ReadRow[]> {
  const pieces = async function* () {
    for (let at = 0; at < xml.length; at += piece) yield xml.slice(at, at + piece);
  };
  const rows: ReadRow[] = [];
  for await (const row of readFeedXml(pieces())) rows.push(row);
  return rows;
}
const HEAD =
  '<?xml version="1.0"?>\n<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel>\n<title>Shop</title>\n';

describe('a feed in XML', () => {
  it('is read as RSS, with CDATA, entities and prefixes', async ({ expect }) => {
    const xml = `${HEAD}<item><g:id>1</g:id><title><![CDATA[<b>Shirt</b> & more]]></title><g:price>19.99 EUR</g:price></item>
<item>
  <id>2</id><title>Caf&#233; &amp; Co</title><g:shipping><g:price>4 EUR</g:price></g:shipping><g:price>5 EUR</g:price>
</item></channel></rss>`;
    expect(await rowsOf(xml)).toEqual([
      { line: 4, row: { id: '1', title: '<b>Shirt</b> & more', price: '19.99 EUR' } },
      { line: 5, row: { id: '2', title: 'Café & Co', shipping: '', price: '5 EUR' } },
    ]);
  });

  it('is read as Atom, whose links stand in attributes', async ({ expect }) => {
    const xml =
      '<feed xmlns="http://www.w3.org/2005/Atom"><title>Shop</title><entry><g:id>1</g:id><link rel="alternate" href="/p/1"/></entry></feed>';
    expect(await rowsOf(xml)).toEqual([{ line: 1, row: { id: '1', link: '/p/1' } }]);
  });

  it('refuses a broken product for itself, with its line, and keeps odd entities as they are', async ({ expect }) => {
    const xml = `${HEAD}<item><id>1</id><title>a & b &nbsp; c</title></item>
<item><id>2</id></wrong></item>
<item><id>3</id></item></channel></rss>`;
    expect(await rowsOf(xml)).toEqual([
      { line: 4, row: { id: '1', title: 'a & b &nbsp; c' } },
      { line: 5, fault: expect.stringContaining('broken XML: ') },
      { line: 6, row: { id: '3' } },
    ]);
  });

  it('says what is wrong where there is no product, and where the file ends too early', async ({ expect }) => {
    expect(await rowsOf('<html><body>Not found</body></html>')).toEqual([
      { line: 1, fault: 'no product was found: there is no <item> and no <entry> in it' },
    ]);
    expect(await rowsOf(`${HEAD}<item><id>1</id>`)).toEqual([
      { line: 4, fault: expect.stringContaining('broken XML: ') },
    ]);
    await expect(rowsOf('x'.repeat(1_100_000), 50_000)).rejects.toThrow(UnreadableFile);
  });

  it('expands nothing that a document type declares', async ({ expect }) => {
    const bomb = '<!DOCTYPE rss [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>';
    const [row] = await rowsOf(`${bomb}<rss><item><id>1</id><title>&b;&x;</title></item></rss>`);
    expect(row).toMatchObject({ row: { title: '&b;&x;' } });
  });

  it('of whatever a file holds makes rows or words, and never throws anything else', async ({ expect }) => {
    const piece = fc.constantFrom(
      ...[
        '<item>',
        '</item>',
        '<g:id>',
        '</g:id>',
        '<entry/>',
        '<![CDATA[',
        ']]>',
        '&',
        '&amp;',
        '<!--',
        '-->',
        '<',
        '>',
      ],
      ...[
        '<__proto__>',
        '</__proto__>',
        '<link href="',
        '"/>',
        '\u0000',
        '\ud800',
        'é',
        'text',
        '<?xml',
        '?>',
        '<!DOCTYPE',
        '\n',
      ],
    );
    await fc.assert(
      fc.asyncProperty(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), async (pieces, size) => {
        for (const row of await rowsOf(pieces.join(''), size)) {
          expect(row.line).toBeGreaterThan(0);
          if ('row' in row) expect(Object.getPrototypeOf(row.row)).toBe(Object.prototype);
        }
      }),
      { numRuns: runs(3_000) },
    );
  });
});

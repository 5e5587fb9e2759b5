import { SaxesParser } from 'saxes';
import { UnreadableFile } from '../tables/read-lines.ts';
import type { ReadRow } from '../tables/read-rows.ts';

/** What holds a product: RSS 2.0's, Atom's, and what shops call it. */
const PRODUCTS: ReadonlySet<string> = new Set(['item', 'entry', 'product', 'offer']);
const FIELD_LENGTH = 8_000;
const MAX_FIELDS = 200;
/** Characters without any tag after which a file is none that holds products. */
const TAGLESS_LENGTH = 1_000_000;
/** Faults of text, not of structure: what could not be read stays as it is written. */
const OF_TEXT = /entity|ampersand/i;

/**
 * The products of a feed in XML as they come: RSS 2.0 and Atom as Google Merchant Center takes them, each a row of its elements by name. A
 * product whose XML is broken is refused for itself. Nothing that a document type declares is expanded.
 *
 * @param text whole characters, as a decoder of streams gives them.
 * @throws UnreadableFile when a million characters hold no tag.
 */
export async function* readFeedXml(text: AsyncIterable<string>): AsyncGenerator<ReadRow> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const products = new ProductCollector(parser);
  let isXml = true;
  for await (const piece of text) {
    parser.write(piece.toWellFormed());
    products.tagless += piece.length;
    isXml = products.tagless <= TAGLESS_LENGTH;
    if (!isXml) break;
    yield* products.taken();
  }
  if (!isXml) throw new UnreadableFile('A million characters without a tag: this is no feed in XML.');
  parser.close();
  yield* products.ended();
}

/** Hears the parser, and makes rows of what is in a product. */
class ProductCollector {
  tagless = 0;
  private rows: ReadRow[] = [];
  private found = 0;
  /** Line of the product that the last tag closed: what is wrong with that tag is told after it. */
  private justClosed: number | undefined;
  private firstFault: { line: number; message: string } | undefined;
  /** Of the product that is open. */
  private open: { line: number; fields: Record<string, string>; depth: number; fault: string | undefined } | undefined;
  private field: { name: string; text: string; href: string | undefined } | undefined;
  private readonly parser: SaxesParser;

  constructor(parser: SaxesParser) {
    this.parser = parser;
    parser.on('opentag', ({ name, attributes }) => this.opened(localName(name), attributes.href));
    parser.on('closetag', () => this.closed());
    parser.on('text', (text) => this.heard(text));
    parser.on('cdata', (text) => this.heard(text));
    parser.on('error', ({ message }) => this.failed(message));
  }

  /** The rows since the last call. */
  taken(): ReadRow[] {
    this.justClosed = undefined;
    const { rows } = this;
    this.rows = [];
    return rows;
  }

  /** The last rows; where no product was found, why. */
  ended(): ReadRow[] {
    if (this.open) this.finish('the file ends inside this product');
    if (this.found > 0) return this.taken();
    const { line, message } = this.firstFault ?? { line: 1, message: 'there is no <item> and no <entry> in it' };
    return [{ line, fault: `no product was found: ${message}` }];
  }

  private opened(name: string, href: string | undefined): void {
    this.tagless = 0;
    this.justClosed = undefined;
    if (!this.open) {
      if (PRODUCTS.has(name)) this.open = { line: this.parser.line, fields: {}, depth: 0, fault: undefined };
      return;
    }
    this.open.depth += 1;
    if (this.open.depth === 1) this.field = { name, text: '', href };
  }

  private closed(): void {
    this.tagless = 0;
    this.justClosed = undefined;
    const { open, field } = this;
    if (!open) return;
    if (open.depth === 0) {
      this.finish();
      return;
    }
    open.depth -= 1;
    if (open.depth > 0 || !field) return;
    this.field = undefined;
    const value = field.text.trim() || (field.href ?? '');
    const isFull = Object.keys(open.fields).length >= MAX_FIELDS;
    if (!isFull && field.name !== '__proto__' && !Object.hasOwn(open.fields, field.name))
      open.fields[field.name] = value;
  }

  private heard(text: string): void {
    const { open, field } = this;
    if (open?.depth === 1 && field && field.text.length < FIELD_LENGTH)
      field.text = (field.text + text).slice(0, FIELD_LENGTH);
  }

  private failed(message: string): void {
    this.firstFault ??= { line: this.parser.line, message };
    if (OF_TEXT.test(message)) return;
    if (this.open) this.open.fault ??= message;
    else if (this.justClosed !== undefined) {
      this.rows[this.rows.length - 1] = { line: this.justClosed, fault: `broken XML: ${message}` };
      this.justClosed = undefined;
    }
  }

  private finish(fault = this.open?.fault): void {
    const { open } = this;
    if (!open) return;
    this.open = undefined;
    this.field = undefined;
    this.found += 1;
    const { line, fields } = open;
    this.justClosed = fault === undefined ? line : undefined;
    this.rows.push(fault === undefined ? { line, row: fields } : { line, fault: `broken XML: ${fault}` });
  }
}

/** The name without its namespace's prefix. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

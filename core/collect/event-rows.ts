import { createHash } from 'node:crypto';
import { MAX_NESTING, nestsDeeper } from '../events/nesting.ts';
import { parseWellFormed } from '../json/parse.ts';
import { isRecord } from '../json/values.ts';
import { cellValue } from '../tables/cell-value.ts';
import type { ReadRow } from '../tables/read-rows.ts';

/** Columns of a CSV that are members of the event itself; every other one is a property. */
const MEMBERS = new Set(['id', 'type', 'occurredAt', 'anonymousId', 'userId', 'proof']);
/** A time as spreadsheets and shops export it: with a space, and a zone. */
const SPACED_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|UTC|[+-]\d\d:?\d\d)$/i;
/** What an order's row says of one product, where the order has a row for each. */
const LINE_FIELDS = ['product_id', 'quantity', 'price', 'name', 'brand', 'category', 'variant', 'sku'];

/**
 * A record of a CSV as an event: `context.…` columns into `context`, other columns into `properties` (`properties.` in front says the same), empty
 * cells say nothing, JSON in a cell is what it says, and `true`, `false` and numbers are what they look like.
 */
export function eventOfRecord(record: Readonly<Record<string, string>>): Record<string, unknown> {
  const event: Record<string, unknown> = {};
  const properties: Record<string, unknown> = {};
  const context: Record<string, unknown> = {};
  for (const [name, cell] of Object.entries(record)) {
    if (cell === '') continue;
    if (name === 'occurredAt') event.occurredAt = timeOf(cell);
    else if (MEMBERS.has(name)) event[name] = cell;
    else if (name.startsWith('context.')) context[name.slice(8)] = meaningOf(cell);
    else properties[name.startsWith('properties.') ? name.slice(11) : name] = meaningOf(cell);
  }
  return {
    ...event,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(Object.keys(context).length > 0 && { context }),
  };
}

function timeOf(cell: string): unknown {
  if (/^\d{9,13}$/.test(cell)) return Number(cell);
  const [, date, clock = '', zone = ''] = SPACED_TIME.exec(cell) ?? [];
  if (!date) return cell;
  const offset = /^(z|utc)$/i.test(zone) ? 'Z' : zone.replace(/^(...):?(..)$/, '$1:$2');
  return `${date}T${clock.length === 5 ? `${clock}:00` : clock}${offset}`;
}

function meaningOf(cell: string): unknown {
  if (!/^[[{]/.test(cell)) return cellValue(cell);
  try {
    return parseWellFormed(cell);
  } catch {
    return cell;
  }
}

/**
 * Rows as events that can be checked: one without a type has the default one, and one without an id gets one from what it says, so that the
 * same row is the same event whenever it comes.
 */
export function eventOfRow(row: unknown, defaultType: string | undefined): unknown {
  // What nests too deep is refused anyway, and nobody writes it out.
  if (!isRecord(row) || nestsDeeper(row, MAX_NESTING)) return row;
  const typed = row.type === undefined && defaultType !== undefined ? { ...row, type: defaultType } : row;
  if (typed.id !== undefined && typed.id !== null && typed.id !== '') return typed;
  return { ...typed, id: `row-${createHash('sha256').update(JSON.stringify(typed)).digest('base64url').slice(0, 40)}` };
}

/**
 * Joins the rows of one order that follow each other, a product each, into one event with all its `products`, in the line of the first. Rows that
 * bear `products` already, and all others, pass as they are.
 */
export async function* joinOrders(
  rows: AsyncIterable<ReadRow>,
  defaultType: string | undefined,
): AsyncGenerator<ReadRow> {
  let open: OpenOrder | undefined;
  const joined = ({ line, row, products, length }: OpenOrder): ReadRow => {
    const { properties, ...event } = row;
    const own = Object.entries(properties as Members).filter(([name]) => !LINE_FIELDS.includes(name));
    return { line, row: { ...event, properties: { ...Object.fromEntries(own), products } }, length };
  };
  for await (const read of rows) {
    const { line, length } =
      'row' in read
        ? { line: orderLine(read.row, defaultType), length: read.length ?? 0 }
        : { line: undefined, length: 0 };
    if (line && open?.key === line.key) {
      open.products.push(line.product);
      open.length += length;
      continue;
    }
    if (open) yield joined(open);
    open = line && { line: read.line, key: line.key, row: line.row, products: [line.product], length };
    if (!line) yield read;
  }
  if (open) yield joined(open);
}

type Members = Readonly<Record<string, unknown>>;

/** An order whose rows may go on. */
interface OpenOrder {
  readonly line: number;
  readonly key: string;
  readonly row: Members;
  readonly products: Members[];
  length: number;
}

/** What a row says of one product of an order; nothing where it is none. */
function orderLine(row: unknown, defaultType: string | undefined) {
  if (!isRecord(row) || (row.type ?? defaultType) !== 'order_completed' || !isRecord(row.properties)) return undefined;
  const { properties } = row;
  if (properties.product_id === undefined || properties.order_id === undefined || properties.products !== undefined)
    return undefined;
  const product = Object.fromEntries(
    LINE_FIELDS.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );
  return { row, product, key: JSON.stringify([properties.order_id, row.userId, row.anonymousId]) };
}

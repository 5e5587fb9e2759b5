import { parse } from 'csv-parse/sync';
import type { ColumnMapping, Template } from './column-mapping.ts';
import { type LineReader, NOTHING, type ReadLine, type ReplayEvent, refused } from './replay-event.ts';

/** A reader of CSV lines under a mapping. A record is one line: quoted fields may not hold line breaks. */
export function csvLineReader(mapping: ColumnMapping): LineReader {
  let columns = mapping.columns;
  return (text, line) => {
    if (text.trim() === '') return NOTHING;
    const fields = splitFields(text, mapping.delimiter);
    if (!fields) return refused('a quoted field does not end on its line');
    if (!columns) {
      columns = fields;
      return NOTHING;
    }
    if (fields.length !== columns.length) {
      return refused(`${columns.length} columns expected (${columns.join(', ')}), ${fields.length} found`);
    }
    const row = new Map(columns.map((name, index) => [name, fields[index] ?? '']));
    return readRow(mapping, row, line);
  };
}

/** The fields of a line, or undefined when its quotes don't match. */
function splitFields(text: string, delimiter: string): string[] | undefined {
  if (!text.includes('"')) return text.split(delimiter);
  try {
    const [record] = parse(text, { delimiter, relax_column_count: true });
    return record;
  } catch {
    return undefined;
  }
}

function readRow(mapping: ColumnMapping, row: Map<string, string>, line: number): ReadLine {
  const value = row.get(mapping.type.column) ?? '';
  const type = mapping.type.values ? mapping.type.values[value] : value;
  if (!type) return refused(`no event type for ${mapping.type.column} "${value}"`);
  const time = readTime(row.get(mapping.time.column) ?? '', mapping.time.unit);
  if (time === undefined) {
    return refused(
      `${mapping.time.column} "${row.get(mapping.time.column) ?? ''}" is not a time in ${mapping.time.unit}`,
    );
  }
  row.set('line', String(line));
  const id = fillText(mapping.id, row);
  row.set('id', id);
  const anonymousId = fillText(mapping.anonymousId, row);
  if (id === '' || anonymousId === '') return refused('no id or no anonymousId');
  const properties = fillObject({ ...mapping.properties, ...mapping.propertiesByType[type] }, row);
  const userId = mapping.userId === undefined ? '' : fillText(mapping.userId, row);
  const event: ReplayEvent = { id, type, occurredAt: new Date(time).toISOString(), anonymousId, properties };
  if (userId !== '') event.userId = userId;
  return { kind: 'event', event };
}

/** Largest time that a Date can hold, in ms. */
const MAX_TIME_MS = 8.64e15;

function readTime(text: string, unit: ColumnMapping['time']['unit']): number | undefined {
  const time =
    unit === 'iso' ? Date.parse(text) : text.trim() === '' ? Number.NaN : Number(text) * (unit === 's' ? 1_000 : 1);
  return Math.abs(time) <= MAX_TIME_MS ? time : undefined;
}

function fillText(template: string, row: ReadonlyMap<string, string>): string {
  return template.replaceAll(/\{([^{}:]+)\}/g, (_, name: string) => row.get(name) ?? '');
}

function fill(template: Template, row: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(template)) return template.map((part) => fill(part, row));
  if (typeof template === 'object') return fillObject(template, row);
  const number = /^\{([^{}:]+):number\}$/.exec(template);
  if (!number) return fillText(template, row) || undefined;
  const text = row.get(number[1] ?? '')?.trim() ?? '';
  return text === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}

function fillObject(template: { [key: string]: Template }, row: ReadonlyMap<string, string>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(template)
      .map(([key, part]) => [key, fill(part, row)] as const)
      .filter(([, value]) => value !== undefined),
  );
}

import { COLUMNS } from '../../core/lake/columns.ts';

/** A column's type as each engine calls it. */
const TYPES = {
  STRING: ['text', 'string', 'VARCHAR', 'Nullable(String)'],
  TIMESTAMP: ['timestamp (UTC)', 'timestamptz', 'TIMESTAMP', "Nullable(DateTime64(6, 'UTC'))"],
  DOUBLE: ['double', 'double', 'DOUBLE', 'Nullable(Float64)'],
  BOOLEAN: ['boolean', 'boolean', 'BOOLEAN', 'Nullable(Bool)'],
} as const;
const HEAD = ['column', 'type', 'Iceberg', 'DuckDB', 'ClickHouse', 'what'];

/** All columns of the lake as a table in Markdown: what each holds, and its type for each engine. */
export function columnDictionary(): string {
  const rows = COLUMNS.map(({ name, type, about }) => [`\`${name}\``, ...TYPES[type], about]);
  const widths = HEAD.map((head, at) => Math.max(head.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0, fill)).join(' | ')} |`;
  return [
    line(HEAD),
    line(
      HEAD.map(() => ''),
      '-',
    ),
    ...rows.map((row) => line(row)),
  ].join('\n');
}

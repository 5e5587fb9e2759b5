import type { Result } from './result.ts';

/** The results as a table for people. */
export function formatTable(results: readonly Result[]): string {
  const rows = results.map(({ name, value, unit, target, pass, note }) => [
    name,
    value === null ? '–' : value.toLocaleString('en-US', { maximumSignificantDigits: 4 }),
    unit,
    target ?? '',
    pass ? '' : 'FAIL',
    note ?? '',
  ]);
  const head = ['figure', 'value', 'unit', 'target', '', ''];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, ...rows]
    .map((row) =>
      row
        .map((cell, column) => (column === 1 ? cell.padStart(widths[1] ?? 0) : cell.padEnd(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

import { z } from 'zod';

/** Lines, and names that say nothing to us, that a report names; all are counted. */
const MAX_LINES = 100;
const MAX_NAMES = 50;

const linesSchema = z.object({
  count: z.int(),
  lines: z.array(z.object({ line: z.int(), reason: z.string() })).meta({ description: `The first ${MAX_LINES}.` }),
});

/** What became of an upload of products. */
export const loadReportSchema = z.object({
  accepted: z.int().meta({ description: 'Products that are as the file says now.' }),
  changed: z.int().meta({ description: 'Those of them that were not so before.' }),
  removed: z
    .int()
    .meta({ description: 'Products that left, since the file says so or, where it is whole, is without them.' }),
  refused: linesSchema,
  notes: linesSchema.meta({ description: 'Members of accepted products that were left out, and why.' }),
  unknown: z.record(z.string(), z.int()).meta({
    description: 'Members that say nothing to us, by name, in how many rows. The shop’s own go into `attributes`.',
  }),
  held: z.object({ missing: z.int(), of: z.int() }).optional().meta({
    description:
      'The whole file lacked so many products of so many, which looks like an accident: none was removed. Send it again with `accept=fewer` if that is right.',
  }),
});
export type LoadReport = z.infer<typeof loadReportSchema>;

/** A report that is being written. */
export class ReportWriter {
  readonly report: LoadReport = {
    accepted: 0,
    changed: 0,
    removed: 0,
    refused: { count: 0, lines: [] },
    notes: { count: 0, lines: [] },
    unknown: {},
  };

  refuse(line: number, reason: string): void {
    add(this.report.refused, line, reason);
  }

  note(line: number, reason: string): void {
    add(this.report.notes, line, reason);
  }

  unknown(names: readonly string[]): void {
    const { unknown } = this.report;
    for (const name of names) {
      if (name === '__proto__') continue;
      if (Object.hasOwn(unknown, name)) unknown[name] = (unknown[name] as number) + 1;
      else if (Object.keys(unknown).length < MAX_NAMES) unknown[name] = 1;
    }
  }
}

function add(to: LoadReport['refused'], line: number, reason: string): void {
  to.count += 1;
  if (to.lines.length < MAX_LINES) to.lines.push({ line, reason });
}

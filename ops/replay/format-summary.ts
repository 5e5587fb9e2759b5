import type { ReplaySummary } from './tally.ts';

const DAY_MS = 86_400_000;

/** The summary as text for people. */
export function formatSummary(summary: ReplaySummary): string {
  const rejected = Object.entries(summary.rejected).map(([code, count]) => `  rejected  ${number(count)}  ${code}`);
  const hidden = summary.refused.count - summary.refused.lines.length;
  return [
    `sent        ${number(summary.sent)}${summary.resumed > 0 ? ` (${number(summary.resumed)} by an earlier run)` : ''}`,
    `accepted    ${number(summary.accepted)}`,
    ...rejected,
    `unreadable  ${number(summary.refused.count)}`,
    ...summary.refused.lines.map(({ line, reason }) => `  line ${line}: ${reason}`),
    ...(hidden > 0 ? [`  and ${number(hidden)} more`] : []),
    `${number(summary.eventsPerSecond)} events/s in ${summary.seconds} s, ${number(summary.retries)} requests tried again`,
    ...(summary.shiftMs === 0 ? [] : [`times moved by ${(summary.shiftMs / DAY_MS).toFixed(2)} days`]),
  ].join('\n');
}

function number(value: number): string {
  return value.toLocaleString('en-US');
}

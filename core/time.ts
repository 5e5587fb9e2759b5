export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

/** Start of an hour (since 1970), ISO 8601. */
export function isoHour(hour: number): string {
  return new Date(hour * HOUR_MS).toISOString();
}

/** The hour (since 1970) that a time in ms since 1970 lies in. */
export function hourOf(timeMs: number): number {
  return Math.floor(timeMs / HOUR_MS);
}

import { z } from 'zod';
import { MINUTE_MS } from '../time.ts';

const localTime = z
  .string()
  .regex(/^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d$/, 'must be as "2026-12-24T18:00"');
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be as "18:00"');

/** When a rule holds, by the clock on a wall in its time zone. */
export const scheduleSchema = z.strictObject({
  timeZone: z.string().default('UTC').refine(isTimeZone, 'must be a time zone such as "Europe/Vienna"'),
  from: localTime.optional(),
  until: localTime.optional().meta({ description: 'It holds no more at that minute.' }),
  weekdays: z.array(z.int().min(1).max(7)).min(1).max(7).optional().meta({ description: '1 is Monday, 7 Sunday.' }),
  hours: z.tuple([timeOfDay, timeOfDay]).optional().meta({
    description: 'From when until when on each day; over midnight where the second is not after the first.',
  }),
});
export type Schedule = z.infer<typeof scheduleSchema>;

const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

interface WallClock {
  /** `2026-12-24T18:00` */
  readonly time: string;
  /** 1 is Monday. */
  readonly weekday: number;
}
/** A format by time zone, with what it last said: to format takes longer than a rule. */
const formats = new Map<string, { readonly format: Intl.DateTimeFormat; minute: number; clock: WallClock }>();

/** What the clock on a wall of the time zone shows at a time, ms since 1970. */
export function wallClock(timeZone: string, nowMs: number): WallClock {
  let known = formats.get(timeZone);
  if (!known) {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      weekday: 'short',
      hourCycle: 'h23',
    });
    known = { format, minute: Number.NaN, clock: { time: '', weekday: 0 } };
    formats.set(timeZone, known);
  }
  const minute = Math.floor(nowMs / MINUTE_MS);
  if (known.minute !== minute) {
    const parts = Object.fromEntries(known.format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
    const { year = '', month = '', day = '', hour = '', minute: past = '', weekday = '' } = parts;
    known.clock = { time: `${year}-${month}-${day}T${hour}:${past}`, weekday: WEEKDAYS.indexOf(weekday) + 1 };
    known.minute = minute;
  }
  return known.clock;
}

/** Whether it holds at a time, ms since 1970. */
export function isScheduled({ timeZone, from, until, weekdays, hours }: Schedule, nowMs: number): boolean {
  const { time, weekday } = wallClock(timeZone, nowMs);
  if (from !== undefined && time < from) return false;
  if (until !== undefined && time >= until) return false;
  if (!hours) return weekdays?.includes(weekday) ?? true;
  const [begin, end] = hours;
  const minute = time.slice(11);
  const isOver = begin >= end;
  if (isOver ? minute < begin && minute >= end : minute < begin || minute >= end) return false;
  // The hours after midnight belong to the day on which they began.
  const day = isOver && minute < end ? ((weekday + 5) % 7) + 1 : weekday;
  return weekdays?.includes(day) ?? true;
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

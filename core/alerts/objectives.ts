import { above, all, any, type Condition, is, rate, ratio, type Value, type Window } from './condition.ts';

/** What a part of all that comes may be short of. */
export interface Objective {
  /** As in the names of its rules and of what Prometheus records: `events_refused`. */
  readonly name: string;
  /** What of all may be so. */
  readonly budget: number;
  /** The part that is so, over a window. */
  readonly part: (window: Window) => Value;
}

const EVENTS = 'vitrine_events_total';

/** An event changes the next read within so many seconds of its coming, and is in the lake within so many. */
const FRESH_SECONDS = 10;
const RECORDED_SECONDS = 60;

export const OBJECTIVES = [
  {
    name: 'events_refused',
    budget: 0.01,
    part: (window) => ratio(rate(EVENTS, { outcome: ['rejected', 'failed'] }, window), rate(EVENTS, {}, window)),
  },
  {
    name: 'accept_failed',
    budget: 0.001,
    part: (window) =>
      ratio(
        rate('vitrine_requests_total', { kind: 'accept', status: '5xx' }, window),
        rate('vitrine_requests_total', { kind: 'accept' }, window),
      ),
  },
  {
    name: 'reads_degraded',
    budget: 0.01,
    part: (window) =>
      ratio(rate('vitrine_reads_total', { outcome: 'degraded' }, window), rate('vitrine_reads_total', {}, window)),
  },
  {
    name: 'events_stale',
    budget: 0.01,
    part: (window) => above('vitrine_event_delay_seconds', { stage: 'applied' }, FRESH_SECONDS, window),
  },
  {
    name: 'lake_behind',
    budget: 0.01,
    part: (window) => above('vitrine_event_delay_seconds', { stage: 'recorded' }, RECORDED_SECONDS, window),
  },
] as const satisfies readonly Objective[];
export type ObjectiveName = (typeof OBJECTIVES)[number]['name'];

/** Windows over which the part of each objective is kept. */
export const BURN_WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const satisfies readonly Window[];

/** The part of an objective over a window, under the name that Prometheus keeps it by. */
export function recordedPart({ name, part }: Objective, window: Window): Extract<Value, { kind: 'recorded' }> {
  return { kind: 'recorded', name: `vitrine:${name}:ratio_rate${window}`, value: part(window) };
}

/** The budget of an objective is used up so much faster than it may be, over a long and a short window (Google, The Site Reliability Workbook, chapter 5). */
function burns(
  name: ObjectiveName,
  rates: readonly (readonly [rate: number, long: Window, short: Window])[],
): Condition {
  const objective = OBJECTIVES.find((one) => one.name === name) as Objective;
  return any(
    ...rates.map(([times, long, short]) => {
      const limit = Number((times * objective.budget).toFixed(5));
      return all(is(recordedPart(objective, long), '>', limit), is(recordedPart(objective, short), '>', limit));
    }),
  );
}

/** At this rate the month's budget is gone within days. */
export function burnsFast(name: ObjectiveName): Condition {
  return burns(name, [
    [14.4, '1h', '5m'],
    [6, '6h', '30m'],
  ]);
}

/** At this rate it does not last the month. */
export function burnsSlowly(name: ObjectiveName): Condition {
  return burns(name, [
    [3, '1d', '2h'],
    [1, '3d', '6h'],
  ]);
}

import { makeShapeModel } from '../../core/anomalies/shape-model.ts';
import { MINUTE_SHAPE } from '../../core/pulse/minute-watch.ts';
import { type Alarm, SiteWatch } from '../../core/pulse/site-watch.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { seededRandom } from '../../ops/seeded-random.ts';
import { type Fault, type ShopEvent, simulatedMinutes } from './simulated-days.ts';

/** A fault that is planted, and how an alarm that names it looks. */
interface Planted {
  readonly name: string;
  readonly fault: Fault;
  readonly isNamed: (alarm: Alarm) => boolean;
}

const only =
  (type: string, change: (event: ShopEvent, random: () => number) => readonly ShopEvent[]): Fault =>
  (event, random) =>
    event.type === type ? change(event, random) : [event];
const withProperties = (event: ShopEvent, more: Record<string, unknown>): ShopEvent => ({
  ...event,
  properties: { ...event.properties, ...more },
});
const about = (kind: string, type?: string, property?: string) => (alarm: Alarm) =>
  alarm.kind === kind &&
  (type === undefined || alarm.type === type) &&
  (property === undefined || alarm.property === property);

/** The ten faults of a shop's tracking, one after the other. */
const FAULTS: readonly Planted[] = [
  {
    name: 'half of product_added is lost',
    fault: only('product_added', (event, random) => (random() < 0.5 ? [] : [event])),
    isNamed: about('type', 'product_added'),
  },
  {
    name: 'order_completed is gone',
    fault: only('order_completed', () => []),
    isNamed: about('type', 'order_completed'),
  },
  {
    name: 'price of product_viewed is missing in 20%',
    fault: only('product_viewed', (event, random) => [random() < 0.2 ? withProperties(event, { price: null }) : event]),
    isNamed: about('missing', 'product_viewed', 'price'),
  },
  {
    name: 'a new name for a currency',
    fault: only('product_viewed', (event, random) => [
      random() < 0.2 ? withProperties(event, { currency: 'euro' }) : event,
    ]),
    isNamed: (alarm) => about('unknown', 'product_viewed', 'currency')(alarm) && alarm.name === 'euro',
  },
  {
    name: 'total becomes a text',
    fault: only('order_completed', (event) => [withProperties(event, { total: String(event.properties?.total) })]),
    isNamed: about('kind', 'order_completed', 'total'),
  },
  {
    name: 'purchases are sent twice, under other ids',
    fault: only('order_completed', (event) => [event, { ...event, id: `${event.id}b` }]),
    isNamed: about('type', 'order_completed'),
  },
  {
    name: 'five times as many bots',
    fault: (event) =>
      event.client.bot ? [0, 1, 2, 3, 4].map((at) => ({ ...event, id: `${event.id}${at}` })) : [event],
    isNamed: about('bot'),
  },
  {
    name: 'a storm of duplicates',
    fault: (event, random) => (random() < 0.3 ? [event, { ...event, outcome: 'duplicate' }] : [event]),
    isNamed: about('duplicate'),
  },
  {
    name: 'clocks an hour ahead in a tenth of the browsers',
    fault: (event, random) => [random() < 0.1 ? { ...event, time: event.time + HOUR_MS } : event],
    isNamed: about('skewed'),
  },
  {
    name: 'the beacon of Firefox is silent',
    fault: (event) => (event.client.browser === 'Firefox' ? [] : [event]),
    isNamed: (alarm) => alarm.kind === 'browser' && alarm.name === 'Firefox',
  },
];

/** What the drill found. */
export interface QualityReport {
  readonly historyDays: number;
  readonly found: number;
  readonly of: number;
  readonly medianMinutes: number | null;
  /** Alarms of a week in which nothing was wrong. */
  readonly falseAlarms: number;
  readonly series: number;
  readonly faults: readonly {
    readonly name: string;
    readonly minutes: number | null;
    readonly alarm: string;
    readonly examples: number;
  }[];
  readonly falselyTold: readonly string[];
}

const FAULT_MINUTES = 45;
/** From fault to fault: what was, must be as always again. */
const APART_MS = 2 * HOUR_MS;
/** Faults are planted by day. */
const FIRST_HOUR = 9;
const A_DAY = 5;

/**
 * Plants ten faults into a shop's days and nights, minute by minute, after some days of history, and says how soon each was named; and how many alarms a
 * week without any fault has.
 */
export function runDataQuality(seed: number, historyDays: number): QualityReport {
  const quiet = new SiteWatch();
  const random = seededRandom(seed);
  const falselyTold: string[] = [];
  const learned = historyDays * DAY_MS;
  const forest = forestOf(quiet, seededRandom(seed + 2_000));
  for (const { time, minute } of simulatedMinutes(0, (historyDays + 7) * 24 * 60, random)) {
    for (const alarm of quiet.next(time, minute)) if (time >= learned) falselyTold.push(words(alarm));
    forest.tick(time);
  }

  const watch = new SiteWatch();
  const trained = forestOf(watch, seededRandom(seed + 3_000));
  const begins = FAULTS.map(
    (_, index) => learned + Math.floor(index / A_DAY) * DAY_MS + FIRST_HOUR * HOUR_MS + (index % A_DAY) * APART_MS,
  );
  const indexAt = (time: number) =>
    begins.findIndex((begin) => time >= begin && time < begin + FAULT_MINUTES * MINUTE_MS);
  const named = new Map<number, Alarm>();
  const minutes = historyDays * 24 * 60 + Math.ceil(FAULTS.length / A_DAY) * 24 * 60;
  for (const { time, minute } of simulatedMinutes(
    0,
    minutes,
    seededRandom(seed + 1_000),
    (at) => FAULTS[indexAt(at)]?.fault,
  )) {
    trained.tick(time);
    for (const alarm of watch.next(time, minute)) {
      const index = indexAt(time);
      if (index >= 0 && !named.has(index) && FAULTS[index]?.isNamed(alarm)) named.set(index, alarm);
    }
  }
  const faults = FAULTS.map(({ name }, index) => {
    const alarm = named.get(index);
    const minutesToIt = alarm ? (alarm.toldAt - (begins[index] ?? 0)) / MINUTE_MS + 1 : null;
    return { name, minutes: minutesToIt, alarm: alarm ? words(alarm) : 'none', examples: alarm?.examples.length ?? 0 };
  });
  const delays = faults.flatMap((fault) => fault.minutes ?? []).sort((a, b) => a - b);
  return {
    historyDays,
    found: delays.length,
    of: FAULTS.length,
    medianMinutes: delays[Math.floor((delays.length - 1) / 2)] ?? null,
    falseAlarms: falselyTold.length,
    series: watch.size.series,
    faults,
    falselyTold,
  };
}

/** Keeps the shapes of minutes of a watch, and makes its forest anew each hour, as the job does. */
function forestOf(watch: SiteWatch, random: () => number): { tick(time: number): void; readonly odd: number } {
  const rows: number[][] = [];
  let odd = 0;
  return {
    get odd() {
      return odd;
    },
    tick(time) {
      if (watch.lastMinute.shape) rows.push(watch.lastMinute.shape);
      if (watch.lastMinute.odd) odd += 1;
      if (time % HOUR_MS !== 0) return;
      const model = makeShapeModel('(minutes)', rows.slice(-1_000), random, MINUTE_SHAPE);
      if (model) watch.minuteModel = model;
    },
  };
}

function words({ series, name, direction, usual, found, since }: Alarm): string {
  const at = new Date(since).toISOString().slice(0, 16);
  return `${series}${name === undefined || series.endsWith(name) ? '' : ` (${name})`} ${direction}, ${usual.toPrecision(2)} → ${found.toPrecision(2)}, since ${at}`;
}

import type { MinuteTally } from '../../core/pulse/minute.ts';
import { emptyMinute } from '../../core/pulse/minute.ts';
import { type PulseEvent, tallyEvent, tallyOther } from '../../core/pulse/tally-events.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { pickFrom } from './pick-from.ts';

/** An event of the simulated shop, before anybody looks at it. */
export interface ShopEvent extends PulseEvent {
  readonly outcome: 'accepted' | 'duplicate' | 'rejected' | 'late';
}

/** What a fault makes of an event: none, one, or several. */
export type Fault = (event: ShopEvent, random: () => number) => readonly ShopEvent[];

const TYPES = [
  ['product_viewed', 0.52],
  ['page_viewed', 0.28],
  ['product_searched', 0.07],
  ['product_added', 0.08],
  ['checkout_started', 0.025],
  ['order_completed', 0.025],
] as const;
const BROWSERS = [
  ['Chrome', 0.55],
  ['Safari', 0.25],
  ['Firefox', 0.12],
  ['Samsung Internet', 0.08],
] as const;
const CURRENCIES = [
  ['EUR', 0.85],
  ['CHF', 0.12],
  ['USD', 0.03],
] as const;
const PAYMENTS = [
  ['card', 0.6],
  ['paypal', 0.3],
  ['invoice', 0.1],
] as const;

/** Events a minute in each hour, UTC: a night, a lunch, an evening. */
const HOURS = [
  60, 40, 30, 30, 40, 80, 160, 260, 340, 380, 400, 430, 450, 420, 400, 400, 420, 460, 520, 560, 520, 400, 240, 120,
];
const WEEKEND = 1.25;

/** How many events come in a minute: by the hour, with some days and quarters of an hour livelier than others. */
function volumeAt(time: number, random: () => number, mood: number): number {
  const hour = Math.floor(time / HOUR_MS) % 24;
  const within = (time % HOUR_MS) / HOUR_MS;
  const [now = 0, next = 0] = [HOURS[hour], HOURS[(hour + 1) % 24]];
  const day = Math.floor(time / (24 * HOUR_MS)) % 7;
  const level = (now + within * (next - now)) * (day === 2 || day === 3 ? WEEKEND : 1) * mood;
  return Math.max(0, Math.round(level + Math.sqrt(level) * 1.6 * (random() + random() + random() - 1.5)));
}

/**
 * A shop's minutes, one after the other, as the pulse tallies them.
 *
 * @param faultAt what is wrong in a minute, if anything is.
 */
export function* simulatedMinutes(
  from: number,
  minutes: number,
  random: () => number,
  faultAt: (time: number) => Fault | undefined = () => undefined,
): Generator<{ readonly time: number; readonly minute: MinuteTally }> {
  let mood = 1;
  for (let at = 0; at < minutes; at += 1) {
    const time = from + at * MINUTE_MS;
    if (at % 15 === 0) mood += 0.25 * (1 - mood) + 0.08 * (random() - 0.5);
    const minute = emptyMinute();
    const fault = faultAt(time);
    const volume = volumeAt(time, random, mood);
    for (let index = 0; index < volume; index += 1) {
      const event = shopEvent(time, index, random);
      for (const one of fault ? fault(event, random) : [event]) {
        if (one.outcome === 'accepted') tallyEvent(minute, one);
        else
          tallyOther(minute, one.outcome, {
            id: one.id,
            reason: one.outcome === 'rejected' ? 'invalid_properties' : undefined,
          });
      }
    }
    yield { time, minute };
  }
}

function shopEvent(time: number, index: number, random: () => number): ShopEvent {
  const type = pickFrom(TYPES, random);
  const receivedAt = time + Math.floor(random() * MINUTE_MS);
  const bot = random() < 0.03;
  const delay = random() < 0.004 ? random() * HOUR_MS : random() * 4_000;
  const luck = random();
  return {
    id: `${time / MINUTE_MS}-${index}`,
    type,
    time: receivedAt - delay,
    receivedAt,
    properties: propertiesOf(type, random),
    client: bot ? { bot } : { bot, browser: pickFrom(BROWSERS, random) },
    outcome: luck < 0.01 ? 'duplicate' : luck < 0.014 ? 'rejected' : luck < 0.015 ? 'late' : 'accepted',
  };
}

function propertiesOf(type: string, random: () => number): Record<string, unknown> {
  const price = Math.round(100 * Math.exp(3 + (random() + random() + random() - 1.5))) / 100;
  switch (type) {
    case 'page_viewed':
      return { url: `https://shop.example/${Math.floor(random() * 400)}` };
    case 'product_searched':
      return { query: `word ${Math.floor(random() * 4_000)}` };
    case 'order_completed':
    case 'checkout_started':
      return {
        order_id: `o${Math.floor(random() * 1e9)}`,
        total: Math.round(price * (1 + Math.floor(random() * 3)) * 100) / 100,
        currency: pickFrom(CURRENCIES, random),
        payment: pickFrom(PAYMENTS, random),
        products: [{ product_id: 'p', price }],
        ...(random() < 0.3 && { coupon: 'SPRING' }),
      };
    default:
      return {
        product_id: `p${Math.floor(random() * 2_000)}`,
        price,
        currency: pickFrom(CURRENCIES, random),
        category: `c${Math.floor(random() ** 2 * 12)}`,
        ...(type === 'product_added' && { quantity: 1 + Math.floor(random() ** 3 * 3) }),
      };
  }
}

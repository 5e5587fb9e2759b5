import type { EnrichedEvent } from '../../core/events/message.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { productsOf } from '../../core/profile/interactions.ts';
import { HOUR_MS } from '../../core/time.ts';
import { jsonParts } from '../statements.ts';

/** An event that counts, and whose it is. */
export type CountedEvent = EnrichedEvent & { readonly ledger: Ledger };

/** Statements that add events to the rollups: site, hour of event time, type. Those only that may be counted. */
export function rollupStatements(env: Env, site: string, events: readonly CountedEvent[]): D1PreparedStatement[] {
  const counts = new Map<string, [hour: number, type: string, events: number]>();
  for (const event of events) {
    const hour = Math.floor(event.time / HOUR_MS);
    const key = `${hour} ${event.type}`;
    const cell = counts.get(key) ?? [hour, event.type, 0];
    cell[2] += 1;
    counts.set(key, cell);
  }
  return jsonParts([...counts.values()]).map((cells) =>
    env.DB.prepare(
      `INSERT INTO rollups (site, hour, type, events)
       SELECT ?1, value ->> 0, value ->> 1, value ->> 2 FROM json_each(?2) WHERE TRUE
       ON CONFLICT DO UPDATE SET events = events + excluded.events`,
    ).bind(site, cells),
  );
}

/**
 * Statements that keep the orders among events. Two events with one order id are one order, and the later one's figures stand, whichever came
 * first. What the shop's server said goes before what a page says, and a page never takes over the order of another ledger.
 */
export function orderStatements(env: Env, site: string, events: readonly CountedEvent[]): D1PreparedStatement[] {
  const orders = events
    .filter(({ type }) => type === 'order_completed')
    .map((event) => {
      const { order_id: id, total, currency } = event.properties ?? {};
      return [
        String(id),
        event.time,
        event.id,
        event.ledger,
        typeof total === 'number' ? total : null,
        typeof currency === 'string' ? currency : null,
        JSON.stringify(productsOf(event).map(({ item }) => item)),
        event.vouched ? 1 : 0,
        event.userId ?? null,
      ];
    });
  return jsonParts(orders).map((rows) =>
    env.DB.prepare(
      `INSERT INTO orders (site, order_id, time, event_id, ledger, total, currency, items, vouched, user_id)
         SELECT ?1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8
         FROM json_each(?2) WHERE TRUE
         ON CONFLICT DO UPDATE SET time = excluded.time, event_id = excluded.event_id, ledger = excluded.ledger,
           total = excluded.total, currency = excluded.currency, items = excluded.items, vouched = excluded.vouched,
           user_id = excluded.user_id
         WHERE excluded.vouched > orders.vouched OR (excluded.vouched = orders.vouched
           AND (excluded.vouched = 1 OR excluded.ledger = orders.ledger)
           AND (excluded.time, excluded.event_id) > (orders.time, orders.event_id))`,
    ).bind(site, rows),
  );
}

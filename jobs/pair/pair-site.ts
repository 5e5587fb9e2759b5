import { z } from 'zod';
import { DAY_MS } from '../../core/time.ts';
import { type Basket, countPairs, PAIR_CAPS } from '../../core/together/count-pairs.ts';
import { inSlices, WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { writeLists } from '../../stores/lists/keyed-lists.ts';
import { log } from '../../stores/log.ts';

/** Older orders say little of what goes together now. */
const MAX_AGE_MS = 365 * DAY_MS;
/** Orders that one query reads. */
const PAGE = 5_000;
/** So many orders that the shop's server vouches for say enough by themselves: what pages tell, anybody can. */
const ENOUGH_VOUCHED = 500;
const SLICE_PAIRS = 2_000;

const rowSchema = z.object({ time: z.int(), order_id: z.string(), ledger: z.string(), items: z.string() });
const itemsSchema = z.array(z.string());

/** Counts what is bought together in a site's newest orders, and lets that serve. */
export async function pairSite(env: Env, site: string): Promise<void> {
  const at = Date.now();
  const vouched = await readBaskets(env, site, at - MAX_AGE_MS, true);
  const baskets = vouched.length >= ENOUGH_VOUCHED ? vouched : await readBaskets(env, site, at - MAX_AGE_MS, false);
  const together = await inSlices(countPairs(baskets), new WorkSlice(SLICE_PAIRS, rest));
  await writeLists(env, 'together', site, together, at);
  await env.DB.prepare('INSERT OR REPLACE INTO order_pairs (site, counted_at, orders) VALUES (?, ?, ?)')
    .bind(site, at, baskets.length)
    .run();
  log('paired', { site, orders: baskets.length, items: together.size, ms: Date.now() - at });
}

/** Orders since a time, newest first. */
async function readBaskets(env: Env, site: string, since: number, vouched: boolean): Promise<Basket[]> {
  const baskets: Basket[] = [];
  let before: readonly [time: number, orderId: string] = [Number.MAX_SAFE_INTEGER, ''];
  while (baskets.length < PAIR_CAPS.orders) {
    const { results } = await env.DB.prepare(
      `SELECT time, order_id, ledger, items FROM orders WHERE site = ?1 AND time >= ?2 AND (time, order_id) < (?3, ?4)
         AND (?5 = 0 OR vouched = 1) ORDER BY time DESC, order_id DESC LIMIT ?6`,
    )
      .bind(site, since, ...before, vouched ? 1 : 0, PAGE)
      .all();
    const rows = z.array(rowSchema).parse(results);
    for (const { ledger, items } of rows) baskets.push({ buyer: ledger, items: itemsSchema.parse(JSON.parse(items)) });
    const last = rows.at(-1);
    if (rows.length < PAGE || !last) break;
    before = [last.time, last.order_id];
  }
  return baskets.slice(0, PAIR_CAPS.orders);
}

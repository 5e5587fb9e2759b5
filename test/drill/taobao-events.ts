import { readFile } from 'node:fs/promises';
import type { DrillEvent } from './drill-log.ts';

const TYPES: Readonly<Record<string, string>> = {
  pv: 'product_viewed',
  cart: 'product_added',
  fav: 'product_favorited',
  buy: 'order_completed',
};
const DAY_MS = 86_400_000;
/** Older events than these are no more counted. */
const OLDEST_DAYS = 13;

/**
 * The events of a click log in Taobao's form (user, item, category, behaviour, seconds since 1970), moved so that the newest is some hours old; without
 * those that are older by weeks than the others, or cut off.
 */
export async function taobaoEvents(file: string): Promise<DrillEvent[]> {
  const rows = (await readFile(file, 'utf8'))
    .split('\n')
    .map((line) => line.trim().split(','))
    .filter((cells) => cells.length === 5 && TYPES[cells[3] ?? ''] !== undefined);
  const newest = rows.reduce((most, cells) => Math.max(most, Number(cells[4])), 0);
  const shift = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 6 * 3_600_000 - newest * 1_000;
  const oldest = Date.now() - OLDEST_DAYS * DAY_MS;
  return rows.flatMap(([user, item, category, behaviour = '', seconds], line): DrillEvent[] => {
    const time = Number(seconds) * 1_000 + shift;
    const type = TYPES[behaviour] ?? '';
    const id = `line-${line}`;
    const product = { product_id: item, category };
    const properties = type === 'order_completed' ? { order_id: id, products: [product] } : product;
    return time < oldest
      ? []
      : [{ id, type, occurredAt: new Date(time).toISOString(), anonymousId: `shopper-${user}`, properties }];
  });
}

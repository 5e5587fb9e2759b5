import { z } from 'zod';
import { decisionSchema } from '../decisions/decision.ts';
import type { LakeRow } from '../lake/columns.ts';
import type { RatedEvent } from './day-counter.ts';

/** Columns of the lake that `ratedEvent` reads. */
export const RATED_COLUMNS = [
  'type',
  'time',
  'bot',
  'anonymous_id',
  'user_id',
  'slot',
  'product_id',
  'properties',
  'decision',
] as const;

const productsSchema = z.object({ products: z.array(z.object({ product_id: z.coerce.string() })) });

/** Ids of the products that an event lists, in their order. */
export function productsOf({ properties }: LakeRow): string[] {
  if (typeof properties !== 'string') return [];
  const read = productsSchema.safeParse(JSON.parse(properties));
  return read.data?.products.map(({ product_id: id }) => id) ?? [];
}

/**
 * What rates count of an event of the lake; nothing of others. Impressions and clicks need a decision that was proven.
 *
 * @param items the products that an impression lists, for who has read them already.
 */
export function ratedEvent(row: LakeRow, items?: readonly string[]): RatedEvent | undefined {
  const { type, bot, slot, product_id: item, decision } = row;
  if (bot === true) return undefined;
  if (type === 'order_completed')
    return { kind: 'ordered', items: productsOf(row), persons: personsOf(row), timeMs: timeOf(row) };
  if (typeof decision !== 'string' || typeof slot !== 'string') return undefined;
  if (type === 'recommendation_shown') return { kind: 'seen', slot, items: items ?? productsOf(row) };
  if (type !== 'recommendation_clicked' || typeof item !== 'string') return undefined;
  const position = decisionSchema.safeParse(JSON.parse(decision)).data?.position;
  if (position === undefined) return undefined;
  return { kind: 'clicked', slot, item, position, persons: personsOf(row), timeMs: timeOf(row) };
}

function personsOf({ anonymous_id: device, user_id: user }: LakeRow): string[] {
  return [...(typeof device === 'string' ? [`a/${device}`] : []), ...(typeof user === 'string' ? [`u/${user}`] : [])];
}

function timeOf({ time }: LakeRow): number {
  return time instanceof Date ? time.getTime() : Number(time);
}

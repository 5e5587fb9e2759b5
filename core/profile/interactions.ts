import type { EnrichedEvent } from '../events/message.ts';
import type { Timed } from './newest.ts';

/** What an interaction is worth knowing as: looking, wanting, buying. Columns of the day counts, in this order. */
export const INTERACTION_KINDS = ['view', 'cart', 'order'] as const;
export type InteractionKind = (typeof INTERACTION_KINDS)[number];

/** One product that an event speaks of with interest. */
export interface ProductInteraction {
  readonly kind: InteractionKind;
  readonly item: string;
  readonly category?: string | undefined;
  readonly brand?: string | undefined;
}

/** Types that name products without an interest in each: what was shown, or was put away. */
const WITHOUT_INTEREST = new Set([
  'product_removed',
  'product_list_viewed',
  'cart_viewed',
  'checkout_started',
  'recommendation_shown',
  'recommendation_clicked',
]);

/** The products that an event shows an interest in; empty for most types. */
export function interactionsOf(event: EnrichedEvent): ProductInteraction[] {
  if (WITHOUT_INTEREST.has(event.type)) return [];
  if (event.type === 'order_completed') return productsOf(event).map((product) => ({ kind: 'order', ...product }));
  const product = productFrom(event.properties);
  if (!product) return [];
  return [{ kind: event.type === 'product_added' ? 'cart' : 'view', ...product }];
}

/** An interaction with its place in time: of one event they stand in the order of its products. */
export interface TimedInteraction extends ProductInteraction, Timed {}

/** As `interactionsOf`, each with the event's time and a key of its own. */
export function timedInteractions(event: EnrichedEvent): TimedInteraction[] {
  return interactionsOf(event).map((interaction, index) => ({
    ...interaction,
    time: event.time,
    key: index === 0 ? event.id : `${event.id}#${String(index).padStart(3, '0')}`,
  }));
}

/** The entries of `properties.products` that name a product. */
export function productsOf(event: EnrichedEvent): Omit<ProductInteraction, 'kind'>[] {
  const list = event.properties?.products;
  return Array.isArray(list) ? list.flatMap((entry) => productFrom(entry) ?? []) : [];
}

/** The product that an object with `product_id` names. */
export function productFrom(value: unknown): Omit<ProductInteraction, 'kind'> | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = value as Record<string, unknown>;
  const item = idOf(fields.product_id);
  if (item === undefined) return undefined;
  return { item, category: textOf(fields.category), brand: textOf(fields.brand) };
}

/** An id given as text or number, as text. */
export function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value);
  return textOf(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, 256) : undefined;
}

import fc from 'fast-check';
import type { Decision } from '../../core/decisions/decision.ts';
import type { EnrichedEvent } from '../../core/events/message.ts';
import { DAY_MS } from '../../core/time.ts';

/** A fixed "now" for tests, ms since 1970. */
export const NOW = Date.UTC(2026, 4, 20, 12);

const productIds = fc.integer({ min: 1, max: 90 }).map((n) => `p${n}`);
const product = fc.record({
  product_id: productIds,
  category: fc.constantFrom('shirts', 'shoes', 'bags', 'dresses'),
  brand: fc.constantFrom('Aster', 'Brume', 'Calla'),
  quantity: fc.integer({ min: 1, max: 3 }),
});

/** More experiments than a profile remembers. */
const decision: fc.Arbitrary<Decision> = fc.record({
  id: fc.constant('AAAAAAAAAAAAAA'),
  decidedAt: fc.constant(NOW - DAY_MS),
  strategy: fc.constantFrom('for_you', 'trending'),
  tier: fc.constantFrom('live', 'popular'),
  model: fc.constant(1),
  trials: fc.array(
    fc.record({
      number: fc.integer({ min: 1, max: 45 }),
      variant: fc.integer({ min: 0, max: 2 }),
      propensity: fc.constant(0.5),
    }),
    {
      maxLength: 4,
    },
  ),
});

const typed = fc.oneof(
  fc.tuple(fc.constantFrom('product_viewed', 'product_added', 'product_removed', 'product_favorited'), product),
  fc.tuple(
    fc.constant('order_completed'),
    fc.record({
      order_id: fc.constantFrom('o1', 'o2', 'o3'),
      total: fc.integer({ min: 1, max: 500 }),
      products: fc.array(product, { minLength: 1, maxLength: 3 }),
    }),
  ),
  fc.tuple(
    fc.constant('consent_changed'),
    fc.record({ purposes: fc.dictionary(fc.constantFrom('personalization', 'marketing'), fc.boolean()) }),
  ),
  fc.tuple(
    fc.constant('traits_imported'),
    fc.record({
      source: fc.constantFrom('crm', 'survey'),
      purpose: fc.constantFrom('personalization', 'marketing'),
      traits: fc.dictionary(
        fc.integer({ max: 99, min: 0 }).map((n) => `trait${n}`),
        fc.oneof(fc.string({ maxLength: 5 }), fc.boolean(), fc.constant(null)),
        { minKeys: 1, maxKeys: 30 },
      ),
    }),
  ),
  fc.tuple(
    fc.constantFrom('recommendation_shown', 'recommendation_clicked'),
    fc.record({ slot: fc.constantFrom('home', 'cart'), product_id: productIds }),
  ),
  fc.tuple(fc.constantFrom('page_viewed', 'cart_viewed', 'identify', 'wishlist_shared'), fc.constant({})),
);

/** Sets of distinct events inside the horizon: every type that the profile treats in its own way, with colliding times. */
export const eventSets: fc.Arbitrary<EnrichedEvent[]> = fc
  .array(
    fc.record({
      typed,
      minutesAgo: fc.integer({ min: 0, max: (14 * DAY_MS) / 60_000 }),
      user: fc.option(fc.constantFrom('u1', 'u2'), { nil: undefined }),
      decision: fc.option(decision, { nil: undefined, freq: 8 }),
      consent: fc.constantFrom<string[] | undefined>(undefined, undefined, ['personalization'], ['analytics'], []),
    }),
    {
      minLength: 1,
      maxLength: 160,
    },
  )
  .map((drafts) =>
    drafts.map(({ typed: [type, properties], minutesAgo, user, consent, decision }, index) => {
      const time = NOW - minutesAgo * 60_000;
      return {
        id: `e${index}`,
        type,
        time,
        occurredAt: new Date(time).toISOString(),
        fingerprint: index,
        ...(user !== undefined && { userId: user }),
        ...(consent !== undefined && { consent }),
        ...(decision && type.startsWith('recommendation_') && { decision }),
        properties,
      };
    }),
  );

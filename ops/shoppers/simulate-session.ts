import type { ShopProduct } from './product.ts';
import { nextProduct, type Shopper } from './shopper.ts';

/** An event as `POST /v/events` takes it. */
export interface ShopperEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly anonymousId: string;
  readonly properties: Record<string, unknown>;
}

/** Products viewed in a session: 2 … 11. */
const VIEWS_MIN = 2;
const VIEWS_SPREAD = 10;
/** How likely a viewed product goes into the cart, and a filled cart is bought. */
const CART_CHANCE = 0.16;
const ORDER_CHANCE = 0.45;
/** How likely who buys takes what goes with the first product of his cart. */
const MATCH_CHANCE = 0.5;
/** Looking at a page takes 8 … 68 seconds. */
const LOOK_MIN_MS = 8_000;
const LOOK_SPREAD_MS = 60_000;

/**
 * One visit to the shop, from the first page to the last, as events in their order. The ids follow from the visitor and the
 * start, so that the same visit sent again counts once.
 *
 * @param startMs When the visit begins, ms since 1970.
 */
export function simulateSession(
  shopper: Shopper,
  products: readonly ShopProduct[],
  startMs: number,
  random: () => number,
): ShopperEvent[] {
  const events: ShopperEvent[] = [];
  let timeMs = startMs;
  const track = (type: string, properties: Record<string, unknown>): void => {
    events.push({
      id: `${shopper.anonymousId}-${startMs.toString(36)}-${events.length}`,
      type,
      occurredAt: new Date(timeMs).toISOString(),
      anonymousId: shopper.anonymousId,
      properties,
    });
    timeMs += Math.floor(LOOK_MIN_MS + LOOK_SPREAD_MS * random());
  };

  track('page_viewed', { url: '/', title: 'Home' });
  const cart: ShopProduct[] = [];
  let last: ShopProduct | undefined;
  const views = VIEWS_MIN + Math.floor(VIEWS_SPREAD * random() ** 2);
  for (let view = 0; view < views; view += 1) {
    const product = nextProduct(shopper, products, last, random);
    if (product.category !== last?.category && random() < 0.5) {
      track('product_list_viewed', { list_id: product.category, category: product.category });
    }
    track('product_viewed', properties(product));
    if (random() < CART_CHANCE) {
      track('product_added', { ...properties(product), quantity: 1 });
      cart.push(product);
    }
    last = product;
  }
  if (cart.length > 0 && random() < ORDER_CHANCE) {
    const matching = cart[0] && matchOf(cart[0], products);
    if (matching && !cart.includes(matching) && random() < MATCH_CHANCE) {
      track('product_added', { ...properties(matching), quantity: 1 });
      cart.push(matching);
    }
    const lines = cart.map((product) => ({ product_id: product.id, quantity: 1, price: product.price.amount }));
    const total = cart.reduce((sum, { price }) => sum + price.amount, 0);
    const currency = cart[0]?.price.currency;
    track('checkout_started', { products: lines, total, currency });
    track('order_completed', {
      order_id: `order-${shopper.anonymousId}-${startMs.toString(36)}`,
      products: lines,
      total,
      currency,
    });
  }
  return events;
}

/** The product that goes with another: the first of the same brand in another category, if there is one. */
function matchOf({ brand, category }: ShopProduct, products: readonly ShopProduct[]): ShopProduct | undefined {
  return products.find((other) => other.available && other.brand === brand && other.category !== category);
}

function properties(product: ShopProduct): Record<string, unknown> {
  return {
    product_id: product.id,
    name: product.title,
    category: product.category,
    brand: product.brand,
    price: product.price.amount,
    currency: product.price.currency,
  };
}

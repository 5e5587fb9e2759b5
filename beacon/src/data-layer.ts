import { guard } from './guard.ts';

type Members = Record<string, unknown>;
type Track = (type: string, properties?: Members) => unknown;

/** Where the ids of orders stand that this browser has told of: a page of thanks that is loaded again is no further order. */
const ORDERS = 'vitrine:orders';
const MAX_ORDERS = 20;

/**
 * Tracks the e-commerce events of Google Analytics 4 that the page pushes onto `dataLayer`, as Tag Manager and `gtag` write them, those of before
 * and those to come. See https://developers.google.com/analytics/devguides/collection/ga4/reference/events.
 */
export function readDataLayer(track: Track): void {
  const page = window as unknown as { dataLayer?: unknown[] };
  /** What Tag Manager remembers of the pushes so far. */
  let ecommerce: Members | undefined;
  const read = guard((entry: unknown) => {
    if (!isMembers(entry)) return;
    // `gtag('event', name, parameters)` pushes its arguments.
    if (entry[0] === 'event') return tell(track, entry[1], isMembers(entry[2]) ? entry[2] : {});
    if ('ecommerce' in entry) ecommerce = isMembers(entry.ecommerce) ? { ...ecommerce, ...entry.ecommerce } : undefined;
    if (entry.event) tell(track, entry.event, { ...entry, ...ecommerce });
  });
  page.dataLayer ??= [];
  const layer = page.dataLayer;
  for (const entry of [...layer]) read(entry);
  const { push } = layer;
  layer.push = (...entries) => {
    const length = push.apply(layer, entries);
    entries.forEach(read);
    return length;
  };
}

/** Events of a product each, and of all products together. */
const EACH: Readonly<Record<string, string>> = {
  view_item: 'product_viewed',
  select_item: 'product_clicked',
  add_to_cart: 'product_added',
  remove_from_cart: 'product_removed',
  add_to_wishlist: 'product_favorited',
};
const TOGETHER: Readonly<Record<string, string>> = {
  view_item_list: 'product_list_viewed',
  view_cart: 'cart_viewed',
  begin_checkout: 'checkout_started',
  purchase: 'order_completed',
  refund: 'order_refunded',
};

function tell(track: Track, name: unknown, said: Members): void {
  const { items, currency } = said;
  const products = Array.isArray(items) ? items.filter(isMembers).map((item) => productOf(item, currency)) : [];
  const text = String(name);
  const each = EACH[text];
  if (each) for (const product of products) track(each, product);
  if (text === 'search' || text === 'view_search_results') track('product_searched', { query: said.search_term });
  const type = TOGETHER[text];
  if (!type || (text === 'purchase' && isKnown(said.transaction_id))) return;
  track(type, {
    order_id: said.transaction_id,
    list_id: said.item_list_id ?? said.item_list_name,
    total: said.value,
    tax: said.tax,
    shipping: said.shipping,
    coupon: said.coupon,
    currency,
    products,
  });
}

function productOf(item: Members, currency: unknown): Members {
  const { item_id, item_name, item_brand, item_category, item_variant, price, quantity, index, coupon } = item;
  return {
    product_id: item_id ?? item_name,
    name: item_name,
    brand: item_brand,
    category: item_category,
    variant: item_variant,
    price,
    quantity,
    currency: item.currency ?? currency,
    position: index,
    coupon,
  };
}

/** Whether this browser has told of an order before; now it has. */
function isKnown(id: unknown): boolean {
  const known = String(guard(() => localStorage.getItem(ORDERS))() ?? '').split(' ');
  const name = encodeURIComponent(String(id));
  if (known.includes(name)) return true;
  guard(() => localStorage.setItem(ORDERS, [...known, name].slice(-MAX_ORDERS).join(' ')))();
  return false;
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null;
}

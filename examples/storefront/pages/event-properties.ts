import { type CartLine, cartTotal } from '../cart/cart.ts';
import type { Product } from '../catalogue/catalogue.ts';

/** A product's event properties as JSON, for `data-vitrine-properties`. */
export function productProperties({ id, title, category, brand, price }: Product, quantity?: number): string {
  return JSON.stringify({
    product_id: id,
    name: title,
    category,
    brand,
    price: price.amount,
    currency: price.currency,
    ...(quantity !== undefined && { quantity }),
  });
}

/** A bag's event properties as JSON; with `orderId` those of an order. */
export function cartProperties(lines: readonly CartLine[], orderId?: string): string {
  return JSON.stringify({
    ...(orderId !== undefined && { order_id: orderId }),
    products: lines.map(({ product, quantity }) => ({
      product_id: product.id,
      category: product.category,
      brand: product.brand,
      quantity,
      price: product.price.amount,
    })),
    total: cartTotal(lines),
    currency: 'EUR',
  });
}

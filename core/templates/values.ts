import type { DecidedItem } from '../recommend/decided-item.ts';
import { safeUrl } from './safe-url.ts';
import type { ShownContent } from './shown-content.ts';
import { writtenPrice } from './written-price.ts';

/** What a slot shows, for its template. */
export interface ShownSlot {
  readonly slot: string;
  readonly strategy: string;
  readonly heading?: string | undefined;
  readonly content?: ShownContent | undefined;
  readonly locale?: string | undefined;
  readonly items: readonly DecidedItem[];
}

/**
 * The names that a template may use: `slot`, `strategy`, `heading`, `locale`, `content` (`name`, `title`, `text`, `image`, `url`) and `items`, each with `id`,
 * `title`, `url`, `image`, `brand`, `category`, `price` as people read it, `was` while a sale is on, `on_sale`, `amount`, `currency`, `reason`,
 * `reason_code`, `place` (from 1) and its own `attributes`. Addresses are only ever those of pages and pictures.
 */
export function templateValues({ slot, strategy, heading = '', content, locale = '', items }: ShownSlot): object {
  return {
    ...{ slot, strategy, heading, locale },
    ...(content && {
      content: {
        ...content,
        ...(content.image !== undefined && { image: safeUrl(content.image) }),
        ...(content.url !== undefined && { url: safeUrl(content.url) }),
      },
    }),
    items: items.map(({ item, reason }, at) => {
      const now = item.salePrice ?? item.price;
      return {
        ...{ id: item.id, title: item.title, url: safeUrl(item.url), place: at + 1 },
        ...{ brand: item.brand ?? '', category: item.category ?? '', attributes: item.attributes ?? {} },
        ...{ reason: reason.text, reason_code: reason.code, on_sale: item.salePrice !== undefined },
        ...(item.image !== undefined && { image: safeUrl(item.image) }),
        ...(now && { price: writtenPrice(now, locale || 'en'), amount: now.amount, currency: now.currency }),
        ...(item.salePrice && item.price && { was: writtenPrice(item.price, locale || 'en') }),
      };
    }),
  };
}

/** A slot that has everything a template may ask for, `limit` products of it: what a template is tried with when it is saved. */
export function sampleValues(limit: number): object {
  const money = { amount: 1_299.5, currency: 'EUR' };
  const items = Array.from({ length: limit }, (_, at): DecidedItem => {
    const id = `sample-${at + 1}`;
    return {
      item: {
        ...{
          id,
          title: `A product with a title of its own ${at + 1}`,
          url: `/p/${id}`,
          image: `/p/${id}.jpg`,
          available: true,
        },
        ...{ brand: 'Brand', category: 'Category', price: money, salePrice: { ...money, amount: 999 } },
      },
      score: 1,
      reason: { code: 'trending', text: 'Popular right now' },
    };
  });
  const content = { name: 'default', title: 'Title', text: 'Text', image: '/banner.jpg', url: '/sale' };
  return templateValues({ slot: 'sample', strategy: 'for_you', heading: 'Heading', locale: 'en', content, items });
}

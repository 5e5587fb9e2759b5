import type { BeaconEvent } from './event-queue.ts';

/** `product_viewed`, `product_added` and `product_removed`, by their first letters. */
const KIND = /^product_([var])(iew|dd|emov)ed$/;
/** Longest hint in characters: it stands in a cookie as well. */
const MAX_LENGTH = 512;

/** What a visitor has just done, newest first, from events that wait for their 202; the form is `core/recommend/hint.ts`'s. */
export function hintOf(waiting: readonly BeaconEvent[], visitor: string): string {
  let hint = '';
  // The newest come last.
  for (const { type, properties, anonymousId } of waiting) {
    const item = properties?.product_id;
    const kind = KIND.exec(type);
    if (item && kind && anonymousId === visitor) hint = `${kind[1]}${encodeURIComponent(String(item))}/${hint}`;
  }
  return hint.slice(0, hint.lastIndexOf('/', MAX_LENGTH) + 1);
}

import { countsOf, PLACES, type SlotCounts } from './place-counts.ts';

/** What is counted of an event: one that no bot sent, and an impression or a click whose decision was proven. */
export type RatedEvent =
  | { readonly kind: 'seen'; readonly slot: string; readonly items: readonly string[] }
  | {
      readonly kind: 'clicked';
      readonly slot: string;
      readonly item: string;
      /** From 1 on. */
      readonly position: number;
      readonly persons: readonly string[];
      readonly timeMs: number;
    }
  | {
      readonly kind: 'ordered';
      readonly items: readonly string[];
      readonly persons: readonly string[];
      readonly timeMs: number;
    };

/** Products of slots, and clicks, that are counted apart at most; what comes after them is left out. */
const MAX_PAIRS = 100_000;
const MAX_CLICKS = 500_000;
const MAX_BOUGHT = 500_000;

/**
 * Counts a day's impressions, clicks and purchases by product, slot and place. A purchase counts for the slots in which its buyer clicked on the product
 * before, on the same day: it is divided among none, since slots are never held against each other.
 */
export class DayCounter {
  private readonly counts: SlotCounts = new Map();
  private pairs = 0;
  /** By who clicked on what: the slots in which he did, and when first. */
  private readonly clicks = new Map<string, Map<string, number>>();
  private readonly bought: {
    readonly item: string;
    readonly persons: readonly string[];
    readonly timeMs: number;
  }[] = [];

  add(event: RatedEvent): void {
    if (event.kind === 'seen') {
      for (const [at, item] of event.items.slice(0, PLACES).entries()) this.count('seen', event.slot, item, at + 1);
    } else if (event.kind === 'clicked') {
      const { slot, item, position, persons, timeMs } = event;
      this.count('clicked', slot, item, position);
      for (const person of persons) {
        const key = keyOf(person, item);
        const slots = this.clicks.get(key) ?? new Map<string, number>();
        slots.set(slot, Math.min(timeMs, slots.get(slot) ?? timeMs));
        if (this.clicks.size < MAX_CLICKS) this.clicks.set(key, slots);
      }
    } else {
      const { items, persons, timeMs } = event;
      for (const item of new Set(items))
        if (this.bought.length < MAX_BOUGHT) this.bought.push({ item, persons, timeMs });
    }
  }

  /** What was counted, once all events have been added. */
  end(): SlotCounts {
    for (const { item, persons, timeMs } of this.bought) {
      // One person may be known by two names: the device's and the user's.
      const slots = new Set<string>();
      for (const person of persons)
        for (const [slot, clickedAt] of this.clicks.get(keyOf(person, item)) ?? [])
          if (clickedAt <= timeMs) slots.add(slot);
      for (const slot of slots) {
        const counts = this.counts.get(slot)?.get(item);
        if (counts) counts.ordered += 1;
      }
    }
    return this.counts;
  }

  /** Counts one at a place; not where there is no room for another product. */
  private count(what: 'seen' | 'clicked', slot: string, item: string, position: number): void {
    if (position < 1 || position > PLACES) return;
    if (!this.counts.get(slot)?.has(item)) {
      if (this.pairs >= MAX_PAIRS) return;
      this.pairs += 1;
    }
    const numbers = countsOf(this.counts, slot, item)[what];
    for (let at = numbers.length; at < position; at += 1) numbers.push(0);
    numbers[position - 1] = (numbers[position - 1] ?? 0) + 1;
  }
}

/** Unlike any other, whatever characters the two have. */
function keyOf(person: string, item: string): string {
  return JSON.stringify([person, item]);
}

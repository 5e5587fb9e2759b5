import type { Placed } from '../merchandising/arrange.ts';
import type { Effects } from '../merchandising/effects.ts';
import { reasonOf } from '../recommend/reasons.ts';
import type { Ask } from './ask.ts';
import type { Sources } from './candidates.ts';
import type { Hidden } from './rungs.ts';

/** Places of a slot that are never given to what has come lately, counted from the first. */
const KEPT_PLACES = 2;

/** Gives some places to products that have come lately, which nobody can have bought or looked at much; none that a rule has given. */
export async function explored(
  items: readonly Placed[],
  { strategy, explore }: Ask,
  hidden: ReadonlyMap<string, Hidden>,
  sources: Sources,
  { removedBy }: Effects,
): Promise<readonly Placed[]> {
  if (!explore || explore.share === 0 || strategy === 'recently_viewed' || strategy === 'cart') return items;
  const places: number[] = [];
  for (const [at, { reason }] of items.entries())
    if (at >= KEPT_PLACES && reason.code !== 'pinned' && explore.chance() < explore.share) places.push(at);
  if (places.length === 0) return items;
  const fresh = sources.fresh().filter((id) => !hidden.has(id) && !items.some(({ item }) => item.id === id));
  const chosen = new Map<number, string>();
  for (const at of places) {
    const [id] = fresh.splice(Math.floor(explore.chance() * fresh.length), 1);
    if (id !== undefined) chosen.set(at, id);
  }
  if (chosen.size === 0) return items;
  try {
    const products = await sources.products(chosen.values());
    const groups = new Set(items.flatMap(({ item: { group } }) => group ?? []));
    return items.map((one, at): Placed => {
      const id = chosen.get(at);
      const item = id === undefined ? undefined : products.get(id);
      if (!item || removedBy(item) !== undefined || (item.group !== undefined && groups.has(item.group))) return one;
      if (item.group !== undefined) groups.add(item.group);
      return { item, score: one.score, weight: one.weight, reason: reasonOf('new', item), rules: [] };
    });
  } catch (error) {
    sources.failed('new', error);
    return items;
  }
}

import { canonical } from '../events/failed-event.ts';
import { isRecord } from '../json/values.ts';
import { MASK, masked, type PersonalPlace } from './json/personal.ts';

/** Deeper events are no events of ours: they are masked as a whole. */
const MAX_DEPTH = 64;

/**
 * A failed event, or a message of events, as who may not see personal values sees it: what its type's schemas call personal is masked, and what its
 * client says of the visitor himself (`context.traits`).
 *
 * @param payload as it came, in whatever form: names count in any case, with `_` and `-` or without.
 * @param placesOf the personal places of a type's properties.
 */
export function maskEvent(payload: unknown, placesOf: (type: string) => readonly PersonalPlace[], depth = 0): unknown {
  if (!isRecord(payload)) return payload;
  if (depth > MAX_DEPTH) return MASK;
  const members = Object.entries(payload).map(([name, held]) => ({
    name,
    held,
    means: canonical(name),
  }));
  const type = members.find(({ means }) => means === 'type')?.held;
  const places = typeof type === 'string' ? placesOf(type) : [];
  return Object.fromEntries(
    members.map(({ name, held, means }) => {
      if (means === 'properties') return [name, masked(held, places)];
      if (means === 'traits') return [name, MASK];
      if (means === 'context' && isRecord(held)) return [name, maskEvent(held, () => [], depth + 1)];
      if (means === 'events' && Array.isArray(held))
        return [name, held.map((one) => maskEvent(one, placesOf, depth + 1))];
      return [name, held];
    }),
  );
}

/** The types of a failed event, or of the events of a message. */
export function typesIn(payload: unknown): string[] {
  if (!isRecord(payload)) return [];
  const found: string[] = [];
  for (const [name, held] of Object.entries(payload)) {
    const means = canonical(name);
    if (means === 'type' && typeof held === 'string') found.push(held);
    if (means === 'events' && Array.isArray(held)) found.push(...held.flatMap(typesIn));
  }
  return [...new Set(found)];
}

import { z } from 'zod';

const entries = z.array(z.object({ message: z.string(), payload: z.unknown() }).nullable().catch(null));

/** What is kept of a failed event beside its row. */
export interface FailedPayload {
  readonly message: string;
  readonly payload: unknown;
}

/**
 * The payloads of failed events by their places, as rows name them: `<key>#<index>`. Each object is read once; what is not there any more is
 * missing.
 */
export async function payloadsAt(env: Env, places: readonly string[]): Promise<Map<string, FailedPayload>> {
  const found = new Map<string, FailedPayload>();
  for (const [key, own] of Map.groupBy(places, (place) => place.slice(0, place.lastIndexOf('#')))) {
    const object = await env.LAKE.get(key);
    if (!object) continue;
    const held = entries.parse(await object.json());
    for (const place of own) {
      const entry = held[Number(place.slice(place.lastIndexOf('#') + 1))];
      if (entry) found.set(place, entry);
    }
  }
  return found;
}

/** A failed event's payload. */
export async function payloadAt(env: Env, place: string): Promise<unknown> {
  return (await payloadsAt(env, [place])).get(place)?.payload;
}

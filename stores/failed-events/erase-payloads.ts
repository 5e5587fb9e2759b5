import { z } from 'zod';

/** Tries against somebody else who changes the same object. */
const MAX_TRIES = 5;

/**
 * Takes payloads of failed events out of their objects; others keep their place in them.
 *
 * @param places as index rows name them: `<key>#<index>`.
 */
export async function erasePayloads(env: Env, places: readonly string[]): Promise<void> {
  for (const [key, group] of Map.groupBy(places, (place) => place.slice(0, place.lastIndexOf('#')))) {
    const indexes = new Set(group.map((place) => Number(place.slice(place.lastIndexOf('#') + 1))));
    await eraseFrom(env, key, indexes);
  }
}

/** Puts null in the place of the erased ones; an object that holds nothing else goes. */
async function eraseFrom(env: Env, key: string, indexes: ReadonlySet<number>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const object = await env.LAKE.get(key);
    if (!object) return;
    const events = z.array(z.unknown()).parse(await object.json());
    const left = events.map((event, index) => (indexes.has(index) ? null : event));
    if (left.every((event) => event === null)) return void (await env.LAKE.delete(key));
    const put = await env.LAKE.put(key, JSON.stringify(left), {
      onlyIf: { etagMatches: object.etag },
      httpMetadata: { contentType: 'application/json' },
    });
    if (put) return;
    if (tries >= MAX_TRIES) throw new Error('a failed-events object changes faster than it can be written');
  }
}

import { type Current, currentSchema } from '../../core/recommend/manifest.ts';

const keyOf = (site: string) => `models/${site}/current.json`;

/** The model that serves, with those before it; nothing when none was published. */
export async function readCurrent(env: Env, site: string): Promise<Current | undefined> {
  const object = await env.MODELS.get(keyOf(site));
  return object ? currentSchema.parse(await object.json()) : undefined;
}

/** Makes a model current, in one write. */
export async function writeCurrent(env: Env, site: string, current: Current): Promise<void> {
  await env.MODELS.put(keyOf(site), JSON.stringify(current), { httpMetadata: { contentType: 'application/json' } });
}

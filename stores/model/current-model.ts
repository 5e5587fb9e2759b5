import { type Current, currentSchema } from '../../core/recommend/manifest.ts';

const keyOf = (site: string) => `models/${site}/current.json`;

/** What is current, and the mark by which it is told whether somebody has changed it since. */
export interface ReadCurrent extends Current {
  readonly etag: string;
}

/** The model that serves, with those before it; nothing when none was published. */
export async function readCurrent(env: Env, site: string): Promise<ReadCurrent | undefined> {
  const object = await env.MODELS.get(keyOf(site));
  return object ? { ...currentSchema.parse(await object.json()), etag: object.etag } : undefined;
}

/** Makes a model current, in one write; whether it was done: not when somebody has changed what was read. */
export async function writeCurrent(
  env: Env,
  site: string,
  current: Current,
  read: ReadCurrent | undefined,
): Promise<boolean> {
  const { manifest, previous, held } = current;
  const put = await env.MODELS.put(keyOf(site), JSON.stringify({ manifest, previous, held }), {
    httpMetadata: { contentType: 'application/json' },
    onlyIf: read ? { etagMatches: read.etag } : { etagDoesNotMatch: '*' },
  });
  return put !== null;
}

import { gzipSync } from 'node:zlib';
import { formatRaw, parseRaw, type RawEvent, rawPrefix } from '../../core/lake/raw-object.ts';
import { isoHour } from '../../core/time.ts';

/** A raw object as the bucket lists it. */
export interface RawObject {
  readonly key: string;
  readonly etag: string;
  readonly size: number;
  /** When it was written last, ms since 1970 by the bucket's clock. */
  readonly uploadedAt: number;
}

/** A raw object is read once and lives for a day: what counts is the time that packing it takes. */
const GZIP_LEVEL = 1;

const METADATA = { contentType: 'application/x-ndjson', contentEncoding: 'gzip' };

/** Writes events as a raw object. With `onlyIf` an object that has changed meanwhile stays as it is: the answer is null then. */
export function putRaw(
  env: Env,
  key: string,
  events: readonly RawEvent[],
  onlyIf?: R2Conditional,
): Promise<R2Object | null> {
  const bytes = gzipSync(formatRaw(events), { level: GZIP_LEVEL });
  return env.LAKE.put(key, bytes, { httpMetadata: METADATA, ...(onlyIf && { onlyIf }) });
}

/** All raw objects of a site after a key, in the order of their keys. */
export async function* listRaw(env: Env, site: string, startAfter?: string): AsyncGenerator<RawObject> {
  let cursor: string | undefined;
  for (;;) {
    const page = await env.LAKE.list({
      prefix: rawPrefix(site),
      ...(cursor !== undefined ? { cursor } : startAfter !== undefined && { startAfter }),
    });
    for (const { key, etag, size, uploaded } of page.objects) yield { key, etag, size, uploadedAt: uploaded.getTime() };
    if (!page.truncated) return;
    cursor = page.cursor;
  }
}

/** The keys of the raw objects of an hour of arrival (since 1970) and those after, the newest `limit` of them, in their order. */
export async function newestRawKeys(env: Env, site: string, hour: number, limit: number): Promise<string[]> {
  const iso = isoHour(hour);
  const keys: string[] = [];
  for await (const { key } of listRaw(
    env,
    site,
    `${rawPrefix(site)}date=${iso.slice(0, 10)}/hour=${iso.slice(11, 13)}/`,
  )) {
    keys.push(key);
    if (keys.length > limit) keys.shift();
  }
  return keys;
}

/** What a raw object holds; nothing when it is gone. Lines that cannot be read are counted in `broken`. */
export async function readRaw(
  env: Env,
  key: string,
): Promise<{ readonly events: RawEvent[]; readonly broken: number[]; readonly etag: string } | undefined> {
  const object = await env.LAKE.get(key);
  if (!object) return undefined;
  const text = await new Response(object.body.pipeThrough(new DecompressionStream('gzip'))).text();
  return { ...parseRaw(text), etag: object.etag };
}

import type { Manifest } from './manifest.ts';

/** Bytes of one block and of all blocks together, at most. */
export const MAX_BLOCK_BYTES = 4 * 1024 * 1024;
const MAX_MODEL_BYTES = 4 * 1024 * 1024 * 1024;
/** Below this many sessions a model may halve or double: a new shop grows fast. */
const SMALL_SESSIONS = 1_000;

/**
 * Why a model may not become current; empty when it may.
 *
 * @param last The model that serves now.
 * @param acceptCounts Whether sessions and items may halve or double.
 */
export function checkModel(
  candidate: Manifest,
  last: Manifest | undefined,
  site: string,
  acceptCounts = false,
): string[] {
  const blocks = candidate.shards.flat();
  const bytes = blocks.reduce((sum, block) => sum + block.bytes, 0);
  const largest = blocks.reduce((most, block) => Math.max(most, block.bytes), 0);
  const refusals: (string | false)[] = [
    candidate.site !== site && `the model is of site "${candidate.site}", not of "${site}"`,
    blocks.some(({ key }) => !key.startsWith(`models/${site}/`)) && 'a block lies outside the site’s own keys',
    candidate.shards.some((shard) => shard.length !== candidate.blocks) &&
      'a shard has another number of blocks than the manifest says',
    bytes > MAX_MODEL_BYTES && `the model has ${bytes} bytes, at most ${MAX_MODEL_BYTES} are served`,
    largest > MAX_BLOCK_BYTES && `a block has ${largest} bytes, at most ${MAX_BLOCK_BYTES} are served`,
    candidate.trending.some(({ score }) => !Number.isFinite(score)) && 'a trending score is not a finite number',
    last !== undefined &&
      candidate.version <= last.version &&
      `version ${candidate.version} is not newer than ${last.version}`,
    last !== undefined && !acceptCounts && moved('sessions', candidate.sessions, last.sessions, SMALL_SESSIONS),
    last !== undefined && !acceptCounts && moved('items', candidate.items, last.items, SMALL_SESSIONS),
  ];
  return refusals.filter((refusal) => refusal !== false);
}

function moved(what: string, now: number, before: number, small: number): string | false {
  if (Math.max(now, before) < small) return false;
  return (now * 2 < before || now > before * 2) && `${what} went from ${before} to ${now}: more than halved or doubled`;
}

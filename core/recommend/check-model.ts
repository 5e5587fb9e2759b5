import { HOUR_MS } from '../time.ts';
import type { Manifest } from './manifest.ts';

/** Bytes of one block and of all blocks together, at most. */
export const MAX_BLOCK_BYTES = 4 * 1024 * 1024;
const MAX_MODEL_BYTES = 4 * 1024 * 1024 * 1024;
/** A model that has fewer says nothing of how many are right: a new shop grows fast, and imports its history. */
const SMALL_SESSIONS = 1_000;
/** How often a model may double in an hour, and in how many hours it may halve once more. */
const GROWTH_DOUBLINGS_AN_HOUR = 6;
const SHRINKAGE_HOURS = 6;

/**
 * Why a model may not become current; empty when it may.
 *
 * @param last The model that serves now.
 * @param acceptCounts Whether sessions and items may change as they like.
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
    last !== undefined && !acceptCounts && moved('sessions', candidate, last),
    last !== undefined && !acceptCounts && moved('items', candidate, last),
  ];
  return refusals.filter((refusal) => refusal !== false);
}

/**
 * Whether a count has changed more than the time since the last model lets it: by half at once, by ever more the longer it has stayed so.
 * Nothing stays refused for good.
 */
function moved(what: 'sessions' | 'items', candidate: Manifest, last: Manifest): string | false {
  const [now, before] = [candidate[what], last[what]];
  if (before < SMALL_SESSIONS) return false;
  const hours = (candidate.version - last.version) / HOUR_MS;
  const growth = 2 ** (1 + hours * GROWTH_DOUBLINGS_AN_HOUR);
  const shrinkage = 2 ** (1 + hours / SHRINKAGE_HOURS);
  if (now <= before * growth && now * shrinkage >= before) return false;
  return `${what} went from ${before} to ${now}: more than halved or doubled`;
}

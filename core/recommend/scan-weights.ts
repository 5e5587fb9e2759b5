/** Longest session that a block holds. */
const MAX_SESSION = 256;
/** The visitor's items that are looked at. */
export const MAX_STEPS = 200;

/** The constants of stage 1, found on public logs; see docs/recommendation.md. */
export const IDF_WEIGHT = 2;
export const SOURCE_EXPONENT = 0.85;
export const PAIR_SHARE = 0.3;
export const FLAT_SHARE = 1;
/** The age of what no neighbour holds: older than anything. */
export const NEVER_SECONDS = 1e9;
/** What makes the visitor's own items candidates where nothing else does. */
export const OWN_ITEM = 0.01;

const table = (length: number, of: (at: number) => number) => Float64Array.from({ length }, (_, at) => of(at));
/** By steps from the visitor's newest item: what a shared item weighs, what its neighbour is discounted by, what its pairs weigh. */
export const RECENCY = table(MAX_STEPS, (steps) => Math.exp(-steps / 8));
export const NEIGHBOUR = table(MAX_STEPS, (steps) => Math.exp(-steps / 2));
export const POSITION = table(MAX_STEPS, (steps) => 0.6 ** steps);
/** By distance in a neighbour: from its last shared item, sharp and flat; after the source of a pair, and before it. */
export const DISTANCE = table(MAX_SESSION, (distance) => Math.exp(-distance / 3));
export const FLAT_DISTANCE = table(MAX_SESSION, (distance) => Math.exp(-distance / 0.5));
export const AFTER = table(MAX_SESSION, (distance) => 0.8 ** (distance - 1));
export const BEFORE = table(MAX_SESSION, (distance) => 0.7 * 0.8 ** (distance - 1));
export const INVERSE = table(MAX_SESSION, (distance) => 1 / Math.max(1, distance));
export const ROOT = table(MAX_SESSION + 1, (length) => 1 / Math.sqrt(Math.max(1, length)));
/** By place in the newest item's list. */
export const FRESH = table(1 << 12, (place) => Math.exp(-place / 40));

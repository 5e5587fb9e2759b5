import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { forgetDefinitions } from '../../stores/config/definitions.ts';
import {
  endFill,
  type HistoryFill,
  readFill,
  unfilledAttributes,
  writeFill,
} from '../../stores/config/history-fill.ts';
import { log } from '../../stores/log.ts';
import { compactSite } from '../compact/compact-site.ts';
import { fillRange } from './fill-range.ts';
import { planRead, rangesFor } from './plan-read.ts';

/** Between two passes: what was under way has come to the lake. */
const PASS_MS = MINUTE_MS;
/** After so long the lake is right where a profile has counted others: a part of the ledger was erased, or messages have died. */
const PATIENCE_MS = 24 * HOUR_MS;
/** What a run gives compaction at least. */
const COMPACT_MS = 5_000;

/**
 * Goes on with giving a site's attributes their history: all that wait, in one pass over the lake, range after range of ledgers. A range has its
 * effect once, however often a run dies in it. A further pass reads those ranges again in which ledgers had counted what the lake did not hold.
 *
 * @param inForceAt attributes that were in force then may be filled, ms since 1970.
 * @param deadline no range begins after it, ms since 1970.
 */
export async function backfillSite(env: Env, site: string, inForceAt: number, deadline: number): Promise<void> {
  const open = await unfilledAttributes(env, site, inForceAt);
  const held = await readFill(env, site);
  const fill = nextPass(stillOpen(held?.fill, open) ?? begin(open));
  if (!fill) return;
  const written = await writeFill(env, site, held?.text, fill);
  if (fill.attributes.length === 0) return endFill(env, site, written, [], Date.now());
  const until = Math.max(deadline, Date.now() + COMPACT_MS);
  const { done } = await compactSite(env, site, Number.POSITIVE_INFINITY, until, fill.passAt);
  if (done) await readRanges(env, site, fill, written, deadline);
}

/** Reads the ranges that are left, until the time is over, and ends where none is. */
async function readRanges(env: Env, site: string, begun: HistoryFill, held: string, deadline: number): Promise<void> {
  const read = await planRead(env, site, begun.attributes);
  const ranges = begun.ranges ?? rangesFor(read);
  const left = begun.ranges === undefined ? Array.from({ length: ranges }, (_, range) => range) : begun.left;
  const accept = begun.passAt - begun.begunAt > PATIENCE_MS;
  let fill: HistoryFill = { ...begun, ranges, left };
  let written = held;
  for (const range of left) {
    if (Date.now() >= deadline) break;
    const { filled, behind } = await fillRange(env, site, read, { range, ranges, accept });
    if (behind > 0) log('backfill_behind', { site, range, ledgers: behind });
    fill = {
      ...fill,
      left: fill.left.filter((one) => one !== range),
      behind: behind > 0 ? [...fill.behind, range] : fill.behind,
      filled: fill.filled + filled,
    };
    written = await writeFill(env, site, written, fill);
  }
  if (fill.left.length + fill.behind.length > 0) return;
  const now = Date.now();
  await endFill(env, site, written, fill.attributes, now);
  forgetDefinitions(site);
  log('backfilled', { site, attributes: fill.attributes.length, filled: fill.filled, ms: now - fill.begunAt });
}

function begin(attributes: HistoryFill['attributes']): HistoryFill {
  const now = Date.now();
  return { v: 1, begunAt: now, attributes, left: [], behind: [], passAt: now, filled: 0 };
}

/** What is under way, without attributes that are defined otherwise by now. */
function stillOpen(fill: HistoryFill | undefined, open: HistoryFill['attributes']): HistoryFill | undefined {
  const isOpen = ({ name, version }: HistoryFill['attributes'][number]) =>
    open.some((one) => one.name === name && one.version === version);
  return fill && { ...fill, attributes: fill.attributes.filter(isOpen) };
}

/** The pass that is under way, or the next one over what was behind, in good time. */
function nextPass(fill: HistoryFill): HistoryFill | undefined {
  if (fill.ranges === undefined || fill.left.length > 0) return fill;
  const now = Date.now();
  return now < fill.passAt + PASS_MS ? undefined : { ...fill, left: fill.behind, behind: [], passAt: now };
}

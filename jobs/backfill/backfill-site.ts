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
  const fill = nextPass(stillOpen(await readFill(env, site), open) ?? begin(open));
  if (!fill) return;
  if (fill.attributes.length === 0) return endFill(env, site, [], Date.now());
  const until = Math.max(deadline, Date.now() + COMPACT_MS);
  const { done } = await compactSite(env, site, Number.POSITIVE_INFINITY, until, fill.passAt);
  const ended = done ? await readRanges(env, site, fill, deadline) : fill;
  if (!done || ended.left.length + ended.behind.length > 0) return writeFill(env, site, ended);
  const now = Date.now();
  await endFill(env, site, ended.attributes, now);
  forgetDefinitions(site);
  log('backfilled', { site, attributes: ended.attributes.length, filled: ended.filled, ms: now - ended.begunAt });
}

/** Reads the ranges that are left, until the time is over. */
async function readRanges(env: Env, site: string, begun: HistoryFill, deadline: number): Promise<HistoryFill> {
  const read = await planRead(env, site, begun.attributes);
  const ranges = begun.ranges ?? rangesFor(read);
  const left = begun.ranges === undefined ? Array.from({ length: ranges }, (_, range) => range) : begun.left;
  const accept = begun.passAt - begun.begunAt > PATIENCE_MS;
  let fill = { ...begun, ranges, left };
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
    await writeFill(env, site, fill);
  }
  return fill;
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

import { hashLedger } from '../../core/identity/hash-ledger.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import type { RawEvent } from '../../core/lake/raw-object.ts';
import type { ErasedEvents } from '../../core/warehouse/clickhouse.ts';
import { type Progress, progressSchema, type Removed } from '../../stores/erasure/progress.ts';
import { signReceipt } from '../../stores/erasure/receipt.ts';
import type { OpenErasure } from '../../stores/erasure/start-erasure.ts';
import { partHashes, rememberErased } from '../../stores/erasure/start-erasure.ts';
import type { Subject } from '../../stores/erasure/subject.ts';
import { reportMoved } from '../../stores/experiments/report-standings.ts';
import { log } from '../../stores/log.ts';
import { allShards } from '../../stores/model/serving-shards.ts';
import { profileStub, sessionPrefix } from '../../stores/objects/profile-stub.ts';
import type { ShardStub } from '../../stores/objects/shards.ts';
import { offerErasure } from '../../stores/warehouse/offer.ts';
import { applyErasures } from '../compact/apply-erasures.ts';
import { repairProfiles } from '../reconcile/repair.ts';
import { takeLease } from '../schedule/lease.ts';
import { eraseFailed } from './erase-failed.ts';
import { eraseRaw } from './erase-raw.ts';
import { eraseRows } from './erase-rows.ts';

/** What one run spends on the raw lake. */
const LAKE_MS = 60_000;
/** How long one waits for another that is at the lake. */
const WAIT_MS = 10_000;
const WAIT_STEP_MS = 250;
/** Longer than a run may be at the lake. */
const LEASE_MS = 3 * LAKE_MS;
/** Objects that are called at once. */
const AT_ONCE = 32;

/** Does an erasure to its end and signs the receipt. Each step may run again; what fails is tried again by the cron trigger. */
export async function runErasure(env: Env, { site, id, subject }: OpenErasure): Promise<string> {
  let progress = await progressOf(env, site, id);
  const add = async (more: Partial<Removed>, rawAfter = progress.rawAfter) => {
    progress = { ...progress, removed: addRemoved(progress.removed, more), rawAfter };
    await env.DB.prepare('UPDATE erasures SET progress = ? WHERE site = ? AND id = ?')
      .bind(JSON.stringify(progress), site, id)
      .run();
  };
  const { rawAfter } = progress;
  if (!subject.stragglers) await add({ profiles: await eraseProfiles(env, site, subject) });
  await add({ sessions: await eraseSessions(env, site, subject) });
  await add(await eraseRows(env, site, subject));
  await add({ failedEvents: await eraseFailed(env, site, subject) });
  const partsErasedAt = progress.partsErasedAt ?? (await eraseParts(env, site, subject));
  progress = { ...progress, partsErasedAt };
  // Kept before the lake is gone over: files that another erasure’s run writes after it are without this one’s rows, and need not be looked at again.
  await add({});
  await alone(env, site, id, async () => {
    const raw = await eraseLake(env, site, subject, rawAfter);
    await add({ lakeEvents: raw.events }, raw.next);
    if (raw.next !== undefined) throw new Error('the raw lake is larger than one run: the next one goes on');
    const erasure = { at: subject.at, knownAt: partsErasedAt };
    if (!(await applyErasures(env, site, Date.now() + LAKE_MS, erasure)))
      throw new Error('the Parquet files are more than one run: the next one goes on');
  });
  await offerErasure(env, site, erasedEvents(site, subject));
  // Once more: an index that is being built may have read the lake before it was clean.
  await eraseSessions(env, site, subject);
  const now = Date.now();
  const receipt = await signReceipt(env, { site, id, subject, removed: progress.removed, finishedAt: now });
  await env.DB.prepare('UPDATE erasures SET finished_at = ?, subject = NULL, receipt = ? WHERE site = ? AND id = ?')
    .bind(now, receipt, site, id)
    .run();
  log('erased', { site, erasure: id, ledgers: subject.ledgers.length, ...progress.removed });
  return receipt;
}

/** What a warehouse is to delete. */
function erasedEvents(site: string, { ledgers, parts, at }: Subject): ErasedEvents[] {
  return [
    ...ledgers.map((ledger) => ({ ledgerHash: hashLedger(site, ledger), until: at })),
    ...parts.map(({ ledger, userId }) => ({ ledgerHash: hashLedger(site, ledger), userId, until: at })),
  ];
}

/**
 * Goes over the lake of a site as the only erasure: several at once would commit under each other, and each begin anew. The one that finds another at it
 * waits for some seconds, then for the next run, which has less to do: the first takes the rows of all that are known out of the files.
 */
async function alone(env: Env, site: string, id: string, work: () => Promise<void>): Promise<void> {
  const take = () => takeLease(env, `lake-erasure/${site}`, id, Date.now(), LEASE_MS);
  let lease = await take();
  for (let waited = 0; !lease && waited < WAIT_MS; waited += WAIT_STEP_MS) {
    await scheduler.wait(WAIT_STEP_MS);
    lease = await take();
  }
  if (!lease) throw new Error('another erasure goes over the lake: the next run goes on');
  try {
    await work();
  } finally {
    await lease.release();
  }
}

/**
 * Makes the profiles of which only a part goes again without it, then remembers the parts by their hashes: from here on the lake loses them.
 * Before, the lake must hold all that the profiles have counted; else this throws and the next run looks again. Returns when that was, ms
 * since 1970.
 */
async function eraseParts(env: Env, site: string, { parts, at }: Subject): Promise<number> {
  const ofUser = Map.groupBy(parts, ({ ledger }) => ledger);
  const without = ({ ledger, userId, time }: RawEvent) =>
    time <= at && (ofUser.get(ledger) ?? []).some((part) => part.userId === userId);
  await repairProfiles(env, site, [...ofUser.keys()], { without });
  const statements = rememberErased(env, site, partHashes(site, parts), at);
  if (statements.length > 0) await env.DB.batch(statements);
  return Date.now();
}

async function eraseProfiles(
  env: Env,
  site: string,
  { ledgers, parts, at, assignment, later }: Subject,
): Promise<number> {
  const tombstone = { v: 1 as const, erasedAt: at, assignment, later };
  const moved: Ledger[] = [];
  for (let from = 0; from < ledgers.length; from += AT_ONCE) {
    const part = ledgers.slice(from, from + AT_ONCE);
    moved.push(...part, ...(await Promise.all(part.map((ledger) => profileStub(env, site, ledger).home()))));
    await Promise.all(part.map((ledger) => profileStub(env, site, ledger).erase(tombstone)));
  }
  await reportMoved(env, site, moved);
  return ledgers.length + new Set(parts.map(({ ledger }) => ledger)).size;
}

async function eraseLake(env: Env, site: string, subject: Subject, after: string | undefined) {
  const { ledgers, parts, at } = subject;
  const hashes = [...ledgers.map((ledger) => hashLedger(site, ledger)), ...partHashes(site, parts)];
  const erased = new Map(hashes.map((hash) => [hash, at]));
  await env.DB.prepare('DELETE FROM lake_progress WHERE site = ?').bind(site).run();
  return eraseRaw(env, site, erased, after, Date.now() + LAKE_MS);
}

/** Of a part of a ledger all: a session does not tell whose events it is made of, and the model does without them. */
async function eraseSessions(env: Env, site: string, { ledgers, parts, at }: Subject): Promise<number> {
  const all = new Set([...ledgers, ...parts.map(({ ledger }) => ledger)]);
  const prefixes = [...all].map((ledger) => sessionPrefix(profileStub(env, site, ledger).id));
  const { serving, others } = await allShards(env, site);
  const erase = (shard: ShardStub) => shard.erase({ v: 1, prefixes, until: at });
  const [erased] = await Promise.all([Promise.all(serving.map(erase)), Promise.all(others.map(erase))]);
  return erased.reduce((sum, sessions) => sum + sessions, 0);
}

async function progressOf(env: Env, site: string, id: string): Promise<Progress> {
  const row = await env.DB.prepare('SELECT progress FROM erasures WHERE site = ? AND id = ?')
    .bind(site, id)
    .first<{ progress: string }>();
  return progressSchema.parse(JSON.parse(row?.progress ?? '{}'));
}

function addRemoved(removed: Removed, more: Partial<Removed>): Removed {
  const sum = { ...removed };
  for (const store of Object.keys(removed) as (keyof Removed)[]) {
    // Profiles are not more of them when they are erased again.
    sum[store] = store === 'profiles' ? Math.max(sum[store], more[store] ?? 0) : sum[store] + (more[store] ?? 0);
  }
  return sum;
}

import { z } from 'zod';
import { hashLedger } from '../../core/lake/columns.ts';
import { profileStub, sessionPrefix } from '../../durable-objects/user-profile/profile-stub.ts';
import { log } from '../http/log.ts';
import { eraseRaw } from '../lake/erase-raw.ts';
import { shardStubs } from '../model/shards.ts';
import { eraseFailed } from './erase-failed.ts';
import { eraseRows } from './erase-rows.ts';
import { signReceipt } from './receipt.ts';
import type { OpenErasure } from './start-erasure.ts';
import { type Subject, subjectSchema } from './subject.ts';

/** What one run spends on the raw lake. */
const LAKE_MS = 60_000;
/** Objects that are called at once. */
const AT_ONCE = 32;
/** Erasures that one run of the cron trigger goes on with. */
const PER_RUN = 20;

/** What an erasure has removed so far, by store. */
export const removedSchema = z.object({
  profiles: z.int().default(0),
  sessions: z.int().default(0),
  orders: z.int().default(0),
  links: z.int().default(0),
  failedEvents: z.int().default(0),
  lakeEvents: z.int().default(0),
});
export type Removed = z.infer<typeof removedSchema>;

/** How far an erasure is: what it removed, and the raw object after which it goes on. */
export const progressSchema = z.object({ removed: removedSchema.prefault({}), rawAfter: z.string().optional() });
type Progress = z.infer<typeof progressSchema>;

/** Does an erasure to its end and signs the receipt. Each step may run again; what fails is tried again by the cron trigger. */
export async function runErasure(env: Env, { site, id, subject }: OpenErasure): Promise<string> {
  let progress = await progressOf(env, site, id);
  const add = async (more: Partial<Removed>, rawAfter = progress.rawAfter) => {
    progress = { removed: addRemoved(progress.removed, more), rawAfter };
    await env.DB.prepare('UPDATE erasures SET progress = ? WHERE site = ? AND id = ?')
      .bind(JSON.stringify(progress), site, id)
      .run();
  };
  const { rawAfter } = progress;
  if (!subject.stragglers) await add({ profiles: await eraseProfiles(env, site, subject) });
  await add({ sessions: await eraseSessions(env, site, subject) });
  await add(await eraseRows(env, site, subject));
  await add({ failedEvents: await eraseFailed(env, site, subject) });
  const raw = await eraseLake(env, site, subject, rawAfter);
  await add({ lakeEvents: raw.events }, raw.next);
  if (raw.next !== undefined) throw new Error('the raw lake is larger than one run: the next one goes on');
  const now = Date.now();
  const receipt = await signReceipt(env, { site, id, subject, removed: progress.removed, finishedAt: now });
  await env.DB.prepare('UPDATE erasures SET finished_at = ?, subject = NULL, receipt = ? WHERE site = ? AND id = ?')
    .bind(now, receipt, site, id)
    .run();
  log('erased', { site, erasure: id, ledgers: subject.ledgers.length, ...progress.removed });
  return receipt;
}

/** Goes on with the erasures that are not done, the oldest first. One that fails does not hold up the others. */
export async function runOpenErasures(env: Env): Promise<void> {
  const { results } = await env.DB.prepare(
    'SELECT site, id, subject FROM erasures WHERE finished_at IS NULL ORDER BY requested_at LIMIT ?',
  )
    .bind(PER_RUN)
    .all<{ site: string; id: string; subject: string }>();
  for (const { site, id, subject } of results) {
    try {
      await runErasure(env, { site, id, subject: subjectSchema.parse(JSON.parse(subject)) });
    } catch (error) {
      log('erasure_failed', { site, erasure: id, error: String(error) });
    }
  }
}

async function eraseProfiles(env: Env, site: string, { ledgers, at, assignment, later }: Subject): Promise<number> {
  const tombstone = { v: 1 as const, erasedAt: at, assignment, later };
  for (let from = 0; from < ledgers.length; from += AT_ONCE) {
    const part = ledgers.slice(from, from + AT_ONCE);
    await Promise.all(part.map((ledger) => profileStub(env, site, ledger).erase(tombstone)));
  }
  return ledgers.length;
}

/** The raw part at once; the Parquet files lose their rows at the next compaction, which is due now. */
async function eraseLake(env: Env, site: string, { ledgers, at }: Subject, after: string | undefined) {
  const erased = new Map(ledgers.map((ledger) => [hashLedger(site, ledger), at]));
  await env.DB.prepare('DELETE FROM lake_progress WHERE site = ?').bind(site).run();
  return eraseRaw(env, site, erased, after, Date.now() + LAKE_MS);
}

async function eraseSessions(env: Env, site: string, { ledgers, at }: Subject): Promise<number> {
  const prefixes = ledgers.map((ledger) => sessionPrefix(profileStub(env, site, ledger).id));
  const erased = await Promise.all(shardStubs(env, site).map((shard) => shard.erase({ v: 1, prefixes, until: at })));
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

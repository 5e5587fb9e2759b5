import { z } from 'zod';
import { profileStub, sessionPrefix } from '../../durable-objects/user-profile/profile-stub.ts';
import { log } from '../http/log.ts';
import { shardStubs } from '../model/shards.ts';
import { eraseFailed } from './erase-failed.ts';
import { eraseRows } from './erase-rows.ts';
import { signReceipt } from './receipt.ts';
import type { OpenErasure } from './start-erasure.ts';
import { type Subject, subjectSchema } from './subject.ts';

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
});
export type Removed = z.infer<typeof removedSchema>;

/** Does an erasure to its end and signs the receipt. Each step may run again; what fails is tried again by the cron trigger. */
export async function runErasure(env: Env, { site, id, subject }: OpenErasure): Promise<string> {
  let removed = await progressOf(env, site, id);
  const add = async (more: Partial<Removed>) => {
    removed = addRemoved(removed, more);
    await env.DB.prepare('UPDATE erasures SET progress = ? WHERE site = ? AND id = ?')
      .bind(JSON.stringify(removed), site, id)
      .run();
  };
  if (!subject.stragglers) await add({ profiles: await eraseProfiles(env, site, subject) });
  await add({ sessions: await eraseSessions(env, site, subject) });
  await add(await eraseRows(env, site, subject));
  await add({ failedEvents: await eraseFailed(env, site, subject) });
  const now = Date.now();
  const receipt = await signReceipt(env, { site, id, subject, removed, finishedAt: now });
  await env.DB.prepare('UPDATE erasures SET finished_at = ?, subject = NULL, receipt = ? WHERE site = ? AND id = ?')
    .bind(now, receipt, site, id)
    .run();
  log('erased', { site, erasure: id, ledgers: subject.ledgers.length, ...removed });
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

async function eraseSessions(env: Env, site: string, { ledgers, at }: Subject): Promise<number> {
  const prefixes = ledgers.map((ledger) => sessionPrefix(profileStub(env, site, ledger).id));
  const erased = await Promise.all(shardStubs(env, site).map((shard) => shard.erase({ v: 1, prefixes, until: at })));
  return erased.reduce((sum, sessions) => sum + sessions, 0);
}

async function progressOf(env: Env, site: string, id: string): Promise<Removed> {
  const row = await env.DB.prepare('SELECT progress FROM erasures WHERE site = ? AND id = ?')
    .bind(site, id)
    .first<{ progress: string }>();
  return removedSchema.parse(JSON.parse(row?.progress ?? '{}'));
}

function addRemoved(removed: Removed, more: Partial<Removed>): Removed {
  const sum = { ...removed };
  for (const store of Object.keys(removed) as (keyof Removed)[]) {
    // Profiles are not more of them when they are erased again.
    sum[store] = store === 'profiles' ? Math.max(sum[store], more[store] ?? 0) : sum[store] + (more[store] ?? 0);
  }
  return sum;
}

import { log } from '../../stores/log.ts';
import type { Job } from './job.ts';
import { takeLease } from './lease.ts';

/** How much longer a lease lasts than a run may take: what was begun before the deadline ends in it. */
const LEASE_GRACE_MS = 60_000;

/** What became of a run of a job. */
export type JobOutcome = 'done' | 'failed' | 'held';

/**
 * Runs a job under its lease. Never throws: a job that fails costs itself, and its error is logged.
 *
 * @param scheduledTime the cron trigger's time, ms since 1970.
 */
export async function runJob(env: Env, job: Job, scheduledTime: number): Promise<JobOutcome> {
  const startedAt = Date.now();
  let outcome: JobOutcome = 'done';
  let error: unknown;
  try {
    const lease = await takeLease(env, job.name, crypto.randomUUID(), startedAt, job.deadlineMs + LEASE_GRACE_MS);
    if (!lease) outcome = 'held';
    else {
      try {
        await job.run(env, { now: scheduledTime, deadline: startedAt + job.deadlineMs });
      } catch (cause) {
        outcome = 'failed';
        error = cause;
      }
      await lease.release({ outcome, tookMs: Date.now() - startedAt });
    }
  } catch (cause) {
    outcome = 'failed';
    error = cause;
  }
  const fields = { job: job.name, outcome, ms: Date.now() - startedAt };
  log('job', error === undefined ? fields : { ...fields, error: String(error) });
  return outcome;
}

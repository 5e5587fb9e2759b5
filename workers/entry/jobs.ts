import { WorkerEntrypoint } from 'cloudflare:workers';
import { type JobOutcome, runJob } from '../../jobs/schedule/run-job.ts';
import { JOBS } from '../../jobs/table.ts';

/** Runs one job: called through `ctx.exports`, so that each run is an invocation with limits of its own. */
export class Jobs extends WorkerEntrypoint<Env> {
  /** @param scheduledTime the cron trigger's time, ms since 1970. */
  async run(name: string, scheduledTime: number): Promise<JobOutcome> {
    const job = JOBS.find((one) => one.name === name);
    if (!job) throw new Error(`there is no job "${name}"`);
    return runJob(this.env, job, scheduledTime);
  }
}

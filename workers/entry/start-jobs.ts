import { exports } from 'cloudflare:workers';
import { JOBS } from '../../jobs/table.ts';
import { log } from '../../stores/log.ts';

/** The cron trigger: starts each job that is due in this minute, each in an invocation of its own, and waits for all. Never throws. */
export async function startJobs(scheduledTime: number): Promise<void> {
  const minute = new Date(scheduledTime).getUTCMinutes();
  const due = JOBS.filter(({ when }) => when(minute));
  await Promise.all(
    due.map(async ({ name }) => {
      try {
        await exports.Jobs.run(name, scheduledTime);
      } catch (error) {
        log('job_not_run', { job: name, error: String(error) });
      }
    }),
  );
}

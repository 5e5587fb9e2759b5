import { subjectSchema } from '../../stores/erasure/subject.ts';
import { eachSite } from '../schedule/each-site.ts';
import type { JobRun } from '../schedule/job.ts';
import { runErasure } from './run-erasure.ts';

/** Erasures of a site that one run goes on with. */
const PER_SITE = 20;

/** Goes on with the erasures that are not done, each site's oldest first. One that fails is tried again with the next run. */
export async function runOpenErasures(env: Env, run: JobRun): Promise<void> {
  const { results } = await env.DB.prepare('SELECT DISTINCT site FROM erasures WHERE finished_at IS NULL').all<{
    site: string;
  }>();
  const sites = results.map(({ site }) => site);
  await eachSite(env, 'erase', sites, run, ({ site, deadline }) => runOf(env, site, deadline));
}

async function runOf(env: Env, site: string, deadline: number): Promise<void> {
  const { results } = await env.DB.prepare(
    'SELECT id, subject FROM erasures WHERE site = ? AND finished_at IS NULL ORDER BY requested_at LIMIT ?',
  )
    .bind(site, PER_SITE)
    .all<{ id: string; subject: string }>();
  const failures: unknown[] = [];
  for (const { id, subject } of results) {
    if (Date.now() >= deadline) break;
    try {
      await runErasure(env, { site, id, subject: subjectSchema.parse(JSON.parse(subject)) });
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0)
    throw new AggregateError(failures, `${failures.length} erasures are not done: ${failures[0]}`);
}

import { log } from '../../stores/log.ts';
import { noteFailedJob } from '../../stores/pulse/gather-pulse.ts';
import type { JobRun } from './job.ts';

/** What a site's turn did: all that there was to do, or not all of it, so that it goes on at its next turn. */
export interface Turn {
  readonly site: string;
  /** Until when the site may begin something new, ms since 1970. */
  readonly deadline: number;
}

/**
 * Gives sites their turns, fairly: the one that waits longest first, each with its share of the time that is left. One that fails costs
 * itself; one that takes its whole share comes again after the others. A turn is remembered when it begins, so that a site that kills the
 * run does not come first again.
 *
 * @param sites ids of the sites that have something to do.
 */
export async function eachSite(
  env: Env,
  job: string,
  sites: readonly string[],
  { deadline }: Pick<JobRun, 'deadline'>,
  take: (turn: Turn) => Promise<void>,
): Promise<void> {
  if (sites.length === 0) return;
  const { results } = await env.DB.prepare('SELECT site, at FROM job_turns WHERE job = ?')
    .bind(job)
    .all<{ site: string; at: number }>();
  const turns = new Map(results.map(({ site, at }) => [site, at]));
  const waiting = inTurn(sites, turns);
  for (const [index, site] of waiting.entries()) {
    const now = Date.now();
    if (now >= deadline) return log('job_unfinished', { job, sites: waiting.length - index });
    try {
      if (sites.length > 1)
        await env.DB.prepare('INSERT OR REPLACE INTO job_turns (job, site, at) VALUES (?, ?, ?)')
          .bind(job, site, now)
          .run();
      await take({ site, deadline: now + shareMs(deadline - now, waiting.length - index) });
    } catch (error) {
      log('job_site_failed', { job, site, error: String(error) });
      noteFailedJob(env, site, job);
    }
  }
}

/** Sites in the order of their turns: those that never had one, then those that waited longest. */
function inTurn(sites: readonly string[], turns: ReadonlyMap<string, number>): string[] {
  return sites.toSorted((a, b) => (turns.get(a) ?? 0) - (turns.get(b) ?? 0) || (a < b ? -1 : 1));
}

/** A site's share of what is left: what others leave of theirs goes to those after them. */
function shareMs(leftMs: number, sites: number): number {
  return Math.max(1, Math.floor(leftMs / Math.max(1, sites)));
}

/** A lease that this run holds, or nothing when another run has it. */
export interface Lease {
  /** Gives it back before its time, and keeps how the run ended, where that is told. */
  release(ended?: { readonly outcome: 'done' | 'failed'; readonly tookMs: number }): Promise<void>;
}

/**
 * Takes the lease of a job, unless another run holds it: one row, changed in one statement, so that of two runs at once one gets it.
 *
 * @param holder an id of the run.
 * @param now ms since 1970.
 * @param forMs how long it holds if nobody gives it back: longer than a run may take.
 */
export async function takeLease(
  env: Env,
  job: string,
  holder: string,
  now: number,
  forMs: number,
): Promise<Lease | undefined> {
  const { meta } = await env.DB.prepare(
    `INSERT INTO job_leases (job, holder, until) VALUES (?1, ?2, ?4)
     ON CONFLICT DO UPDATE SET holder = excluded.holder, until = excluded.until WHERE until <= ?3`,
  )
    .bind(job, holder, now, now + forMs)
    .run();
  if (meta.changes === 0) return undefined;
  return {
    release: async (ended) => {
      const endedAt = ended ? now + ended.tookMs : null;
      await env.DB.prepare(
        `UPDATE job_leases SET until = 0, ended_at = ?3, outcome = ?4, took_ms = ?5, done_at = CASE ?4 WHEN 'done' THEN ?3 ELSE done_at END
         WHERE job = ?1 AND holder = ?2`,
      )
        .bind(job, holder, endedAt, ended?.outcome ?? null, ended?.tookMs ?? null)
        .run();
    },
  };
}

/** How a job ran last, times in ms since 1970. */
export interface JobStanding {
  readonly job: string;
  readonly outcome: 'done' | 'failed';
  readonly endedAt: number;
  readonly tookMs: number;
  /** When a run last went well; nothing where none did. */
  readonly doneAt: number | null;
}

/** How each job ran last. */
export async function jobStandings(env: Env): Promise<JobStanding[]> {
  const { results } = await env.DB.prepare(
    `SELECT job, outcome, ended_at AS endedAt, took_ms AS tookMs, done_at AS doneAt FROM job_leases WHERE outcome IS NOT NULL ORDER BY job`,
  ).all<JobStanding & Record<string, unknown>>();
  return results;
}

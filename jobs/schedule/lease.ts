/** A lease that this run holds, or nothing when another run has it. */
export interface Lease {
  /** Gives it back before its time. */
  release(): Promise<void>;
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
    release: async () => {
      await env.DB.prepare('UPDATE job_leases SET until = 0 WHERE job = ? AND holder = ?').bind(job, holder).run();
    },
  };
}

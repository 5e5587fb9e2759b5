/** What the last reconciliation of a site found, and when, ms since 1970. */
export interface Verdict {
  readonly verdict: 'ok' | 'drift';
  readonly at: number;
}

/** The last verdict; nothing where there is none yet. */
export async function lastVerdict(env: Env, site: string): Promise<Verdict | undefined> {
  const read = env.DB.prepare('SELECT verdict, at FROM reconciliations WHERE site = ? ORDER BY at DESC LIMIT 1');
  return (await read.bind(site).first<Verdict & Record<string, unknown>>()) ?? undefined;
}

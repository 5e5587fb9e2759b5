/** The ids of all sites. */
export async function siteIds(env: Env): Promise<string[]> {
  const { results } = await env.DB.prepare('SELECT id FROM sites ORDER BY id').all<{ id: string }>();
  return results.map(({ id }) => id);
}

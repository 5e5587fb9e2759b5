import type { KnownNames } from '../../core/merchandising/compile.ts';

/** Names of what the site has, which conditions may name. */
export async function knownNames(env: Env, site: string): Promise<KnownNames> {
  const names = async (table: 'segments' | 'attributes') => {
    const { results } = await env.DB.prepare(
      `SELECT name FROM ${table} WHERE site = ? AND definition IS NOT NULL ORDER BY name`,
    )
      .bind(site)
      .all<{ name: string }>();
    return results.map(({ name }) => name);
  };
  const [segments, attributes] = await Promise.all([names('segments'), names('attributes')]);
  return { segments, attributes };
}

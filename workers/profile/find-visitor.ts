import { ExpiringCache } from '../../core/expiring-cache.ts';

/** How long an isolate believes on which device a user was last seen. */
const USER_TTL_MS = 10_000;
const users = new ExpiringCache<string | null>(5_000, USER_TTL_MS);

/** The device on which a user was last identified; nothing when he never was. */
export async function findVisitor(env: Env, site: string, userId: string): Promise<string | undefined> {
  const now = Date.now();
  const key = `${site}/${userId}`;
  const cached = users.get(key, now);
  if (cached !== undefined) return cached ?? undefined;
  const found = await env.DB.prepare('SELECT anonymous_id FROM users WHERE site = ? AND user_id = ?')
    .bind(site, userId)
    .first<string>('anonymous_id');
  users.set(key, found, now);
  return found ?? undefined;
}

import { ExpiringCache } from '../../core/expiring-cache.ts';
import { readThrough } from '../cache/read-through.ts';

/** How long an isolate believes on which device a user was last seen. */
const USER_AGES = { ttlMs: 10_000 };
const users = new ExpiringCache<string | null>(5_000, USER_AGES);

/** The device on which a user was last identified; nothing when he never was. */
export async function findVisitor(env: Env, site: string, userId: string): Promise<string | undefined> {
  const found = await readThrough(users, `${site}/${userId}`, () =>
    env.DB.prepare('SELECT anonymous_id FROM users WHERE site = ? AND user_id = ?')
      .bind(site, userId)
      .first<string>('anonymous_id'),
  );
  return found ?? undefined;
}

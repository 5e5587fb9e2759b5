import { z } from 'zod';
import { keyScopeSchema } from '../../core/sites/scopes.ts';
import type { KnownSite } from './plan-change.ts';
import type { Statement } from './site-statements.ts';

const siteSchema = z.object({
  name: z.string(),
  origins: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
});
/** Scopes as the column holds them; a key with one that this build does not know opens nothing. */
export const scopesColumn = z.string().transform((text) => z.array(keyScopeSchema).parse(JSON.parse(text)));
const keySchema = z
  .object({
    id: z.string(),
    kind: z.enum(['write', 'secret', 'identity']),
    name: z.string(),
    scopes: scopesColumn,
    createdAt: z.number(),
    lastUsedAt: z.number().nullable(),
    leakedAt: z.number().nullable(),
    leakedBy: z.string().nullable(),
  })
  .transform(({ leakedAt, leakedBy, ...key }) => ({
    ...key,
    leaked: leakedAt === null ? null : { at: leakedAt, by: leakedBy ?? '' },
  }));

/** The site and its keys, wherever its database is; nothing when there is none of this id. `read` runs a statement. */
export async function readKnownSite(
  read: (statement: Statement) => Promise<readonly unknown[]>,
  id: string,
): Promise<KnownSite | undefined> {
  const [row] = await read({ sql: 'SELECT name, origins FROM sites WHERE id = ?', values: [id] });
  if (!row) return undefined;
  const keys = await read({
    sql: `SELECT substr(hash, 1, 8) AS id, kind, name, scopes, created_at AS createdAt, last_used_at AS lastUsedAt,
              leaked_at AS leakedAt, leaked_by AS leakedBy FROM site_keys WHERE site = ?
            UNION ALL SELECT kid, 'identity', '', '[]', created_at, NULL, NULL, NULL FROM identity_keys WHERE site = ?
            ORDER BY createdAt`,
    values: [id, id],
  });
  return { ...siteSchema.parse(row), keys: z.array(keySchema).parse(keys) };
}

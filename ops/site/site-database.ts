import { z } from 'zod';
import type { KnownSite } from './plan-change.ts';
import type { Statement } from './site-statements.ts';

/** A row as JSON. */
export type Row = Readonly<Record<string, unknown>>;

/** A Vitrine's D1, wherever it is. */
export interface SiteDatabase {
  /** Where its Worker answers, without a slash at the end; absent where that is not known. */
  readonly vitrineUrl: string | undefined;
  read(statement: Statement): Promise<readonly Row[]>;
  /** Runs all statements or none. */
  write(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}

const siteSchema = z.object({
  name: z.string(),
  origins: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
});
const keySchema = z.object({ id: z.string(), kind: z.enum(['write', 'secret', 'identity']), createdAt: z.number() });

/** The site and its keys; nothing when there is none of this id. */
export async function readKnownSite(db: SiteDatabase, id: string): Promise<KnownSite | undefined> {
  const [row] = await db.read({ sql: 'SELECT name, origins FROM sites WHERE id = ?', values: [id] });
  if (!row) return undefined;
  const keys = await db.read({
    sql: `SELECT substr(hash, 1, 8) AS id, kind, created_at AS createdAt FROM site_keys WHERE site = ?
            UNION ALL SELECT kid, 'identity', created_at FROM identity_keys WHERE site = ? ORDER BY createdAt`,
    values: [id, id],
  });
  return { ...siteSchema.parse(row), keys: z.array(keySchema).parse(keys) };
}

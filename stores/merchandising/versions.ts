import { z } from 'zod';
import { type Merchandising, merchandisingSchema } from '../../core/merchandising/document.ts';

/** Versions of a site that are kept; older ones go when one is published. */
const KEPT_VERSIONS = 100;

const documentSchema = z.string().transform((text): Merchandising => merchandisingSchema.parse(JSON.parse(text)));
const versionSchema = z
  .object({ version: z.int(), published_at: z.int(), note: z.string().nullable() })
  .transform(({ published_at: publishedAt, ...row }) => ({ ...row, publishedAt }));

/** A version that was published: when (ms since 1970), and what was said of it. */
export type Version = z.infer<typeof versionSchema>;

/** What is being worked on, and the version that it began from. */
export interface Draft {
  readonly document: Merchandising;
  readonly base: number;
  readonly updatedAt: number;
}

/** What a site says where nobody has said anything. */
export const EMPTY: Merchandising = merchandisingSchema.parse({});

/** The version that is in force with its document; version 0 before the first. */
export async function publishedMerchandising(
  env: Env,
  site: string,
): Promise<{ readonly version: number; readonly document: Merchandising; readonly publishedAt: number | null }> {
  const row = await env.DB.prepare(
    'SELECT version, document, published_at FROM merchandising_versions WHERE site = ? ORDER BY version DESC LIMIT 1',
  )
    .bind(site)
    .first<{ version: number; document: string; published_at: number }>();
  if (!row) return { version: 0, document: EMPTY, publishedAt: null };
  return { version: row.version, document: documentSchema.parse(row.document), publishedAt: row.published_at };
}

/** Versions, newest first. */
export async function listVersions(env: Env, site: string): Promise<Version[]> {
  const { results } = await env.DB.prepare(
    'SELECT version, published_at, note FROM merchandising_versions WHERE site = ? ORDER BY version DESC',
  )
    .bind(site)
    .all();
  return results.map((row) => versionSchema.parse(row));
}

export async function readVersion(env: Env, site: string, version: number): Promise<Merchandising | undefined> {
  if (version === 0) return EMPTY;
  const row = await env.DB.prepare('SELECT document FROM merchandising_versions WHERE site = ? AND version = ?')
    .bind(site, version)
    .first<{ document: string }>();
  return row ? documentSchema.parse(row.document) : undefined;
}

export async function readDraft(env: Env, site: string): Promise<Draft | undefined> {
  const row = await env.DB.prepare('SELECT document, base, updated_at FROM merchandising_drafts WHERE site = ?')
    .bind(site)
    .first<{ document: string; base: number; updated_at: number }>();
  return row ? { document: documentSchema.parse(row.document), base: row.base, updatedAt: row.updated_at } : undefined;
}

export async function putDraft(
  env: Env,
  site: string,
  document: Merchandising,
  base: number,
  now: number,
): Promise<void> {
  await env.DB.prepare(
    'INSERT OR REPLACE INTO merchandising_drafts (site, document, base, updated_at) VALUES (?, ?, ?, ?)',
  )
    .bind(site, JSON.stringify(document), base, now)
    .run();
}

export async function deleteDraft(env: Env, site: string): Promise<void> {
  await env.DB.prepare('DELETE FROM merchandising_drafts WHERE site = ?').bind(site).run();
}

/**
 * Publishes a document as the version after `base`; the draft, which it may be, is done with.
 *
 * @returns the version, or nothing if another was published after `base`.
 */
export async function publishDocument(
  env: Env,
  site: string,
  document: Merchandising,
  base: number,
  note: string | undefined,
  now: number,
): Promise<number | undefined> {
  const [inserted] = await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO merchandising_versions (site, version, document, published_at, note)
       SELECT ?1, ?2 + 1, ?3, ?4, ?5
       WHERE (SELECT COALESCE(MAX(version), 0) FROM merchandising_versions WHERE site = ?1) = ?2`,
    ).bind(site, base, JSON.stringify(document), now, note ?? null),
    env.DB.prepare(
      `DELETE FROM merchandising_drafts WHERE site = ?1
       AND EXISTS (SELECT 1 FROM merchandising_versions WHERE site = ?1 AND version = ?2 AND published_at = ?3)`,
    ).bind(site, base + 1, now),
    env.DB.prepare('DELETE FROM merchandising_versions WHERE site = ? AND version <= ?').bind(
      site,
      base + 1 - KEPT_VERSIONS,
    ),
  ]);
  return inserted?.meta.changes ? base + 1 : undefined;
}

import { z } from 'zod';
import type { Statement } from './site-statements.ts';

/** How long it is kept. */
export const AUDIT_DAYS = 395;

/** A statement, ready for a batch. */
export function prepared(env: Env, { sql, values }: Statement): D1PreparedStatement {
  return env.DB.prepare(sql).bind(...values);
}

const rowsSchema = z.array(
  z.object({
    at: z.int(),
    id: z.string(),
    actor: z.string(),
    action: z.string(),
    subject: z.string(),
    detail: z.string().transform((text) => z.record(z.string(), z.unknown()).parse(JSON.parse(text))),
  }),
);

/** Entries, the newest first, older than `before`: the time and id of one. */
export async function readAudit(
  env: Env,
  site: string,
  before: { readonly at: number; readonly id: string } | undefined,
  limit: number,
): Promise<z.output<typeof rowsSchema>> {
  const { at, id } = before ?? { at: Number.MAX_SAFE_INTEGER, id: '' };
  const { results } = await env.DB.prepare(
    `SELECT at, id, actor, action, subject, detail FROM audit_trail WHERE site = ? AND (at, id) < (?, ?)
       ORDER BY at DESC, id DESC LIMIT ?`,
  )
    .bind(site, at, id, limit)
    .all();
  return rowsSchema.parse(results);
}

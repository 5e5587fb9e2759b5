import type { Statement } from './site-statements.ts';

/** What was done to a site. */
export interface AuditEntry {
  readonly site: string;
  /** ms since 1970. */
  readonly at: number;
  /** Who: `key <id>` over HTTP, `console <id>` in a session of the console that was begun with it, `command` on the shop's own machine. */
  readonly actor: string;
  /** e.g. `key.made`. */
  readonly action: string;
  /** To what, e.g. the id of a key. */
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The statement that writes an entry; it belongs into one batch with the change that it tells of. */
export function auditStatement({ site, at, actor, action, subject, detail }: AuditEntry): Statement {
  return {
    sql: 'INSERT INTO audit_trail (site, at, id, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?, ?)',
    values: [site, at, crypto.randomUUID(), actor, action, subject, JSON.stringify(detail)],
  };
}

import type { SiteKey } from '../../../stores/sites/plan-change.ts';

/** A key as it is answered: all but its text. */
export function shownKey({ id, kind, name, scopes, createdAt, lastUsedAt, leaked }: SiteKey) {
  return {
    id,
    kind,
    name,
    scopes,
    createdAt: new Date(createdAt).toISOString(),
    lastUsedAt: lastUsedAt === null ? null : new Date(lastUsedAt).toISOString(),
    leaked: leaked && { at: new Date(leaked.at).toISOString(), by: leaked.by },
  };
}

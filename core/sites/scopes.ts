import { z } from 'zod';

/** What a key may be for, each with what it opens. */
export const SCOPES = {
  events: 'send events',
  recommendations: 'read recommendations, fragments and the visitor’s own profile',
  catalog: 'products and feeds',
  merchandising: 'slots, rules and templates',
  experiments: 'experiments and their results',
  people: 'profiles, their import, export and erasure',
  segments: 'attributes and segments',
  webhooks: 'webhooks',
  lake: 'history and its reconciliation',
  model: 'the recommender’s index and ranker',
  schemas: 'the schema registry and what events are held against',
  failed_events: 'failed events',
  settings: 'the site’s settings, links to the debugger',
  keys: 'keys, origins and the audit trail',
  metrics: 'metrics',
} as const;
export type Scope = keyof typeof SCOPES;
/** A scope as a key bears it: `catalog` opens all of it, `catalog:read` what changes nothing. */
export type KeyScope = Scope | `${Scope}:read`;

const names = Object.keys(SCOPES) as Scope[];
export const keyScopeSchema = z.enum([...names, ...names.map((name) => `${name}:read` as const)] as [
  KeyScope,
  ...KeyScope[],
]);

/** Whether a key with these scopes may do what needs one; without any it may do whatever its kind may. */
export function permits(scopes: readonly KeyScope[], needed: KeyScope): boolean {
  if (scopes.length === 0 || scopes.includes(needed)) return true;
  const [whole] = needed.split(':');
  return scopes.includes(whole as Scope);
}

/** Whether a key with the scopes `own` may give away `others`: nobody makes a key that may do more than his own. */
export function mayGrant(own: readonly KeyScope[], others: readonly KeyScope[]): boolean {
  if (own.length === 0) return true;
  return others.length > 0 && others.every((other) => permits(own, other));
}

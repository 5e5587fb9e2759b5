import { randomBytes } from 'node:crypto';
import type { KeyKind } from './site-statements.ts';

/** A random key. Its beginning says what it is, so that people and scanners for leaked secrets know it: `sk_` and 32 of `A-Za-z0-9_-`. */
export function newKey(kind: KeyKind): string {
  if (kind === 'identity') return randomBytes(32).toString('base64url');
  return `${kind === 'write' ? 'wk' : 'sk'}_${randomBytes(24).toString('base64url')}`;
}

/** A random key of who runs a Vitrine. */
export function newOperatorKey(): string {
  return `ok_${randomBytes(24).toString('base64url')}`;
}

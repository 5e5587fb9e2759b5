import {
  calculateJwkThumbprint,
  createLocalJWKSet,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  jwtVerify,
  SignJWT,
} from 'jose';
import { z } from 'zod';
import { hashLedger } from '../../core/identity/hash-ledger.ts';
import type { Removed } from './progress.ts';
import type { Subject } from './subject.ts';

const ALGORITHM = 'ES256';
const TYPE = 'vitrine-erasure+jwt';

/** What a receipt says; `subjects` are the SHA-256 of `<site>/<ledger>`, so that it names nobody to who does not know him. */
export const receiptSchema = z.object({
  aud: z.string().meta({ description: 'The site.' }),
  jti: z.string().meta({ description: 'The erasure.' }),
  iat: z.int().meta({ description: 'When it was done, seconds since 1970.' }),
  erased_until: z.int().meta({ description: 'What happened until then is erased, ms since 1970.' }),
  subjects: z.array(z.string()),
  removed: z.record(z.string(), z.int()).meta({ description: 'What was removed, by store.' }),
});
export type Receipt = z.infer<typeof receiptSchema>;

interface Done {
  readonly site: string;
  readonly id: string;
  readonly subject: Subject;
  readonly removed: Removed;
  readonly finishedAt: number;
}

/** The receipt of an erasure: a JWT that anybody can check with the public keys of this deployment. */
export async function signReceipt(env: Env, { site, id, subject, removed, finishedAt }: Done): Promise<string> {
  const [key = await newKey(env)] = await privateKeys(env);
  const subjects = subject.ledgers.map((ledger) => hashLedger(site, ledger));
  return new SignJWT({ erased_until: subject.at, subjects, removed })
    .setProtectedHeader({ alg: ALGORITHM, kid: key.kid ?? '', typ: TYPE })
    .setAudience(site)
    .setJti(id)
    .setIssuedAt(Math.floor(finishedAt / 1000))
    .sign(await importJWK(key, ALGORITHM));
}

/** What a receipt of this site says, or why it is none. */
export async function readReceipt(
  env: Env,
  site: string,
  receipt: string,
): Promise<{ readonly valid: true; readonly receipt: Receipt } | { readonly valid: false; readonly why: string }> {
  try {
    const keys = createLocalJWKSet(await publicKeys(env));
    const { payload } = await jwtVerify(receipt, keys, { audience: site, algorithms: [ALGORITHM], typ: TYPE });
    return { valid: true, receipt: receiptSchema.parse(payload) };
  } catch (error) {
    if (error instanceof errors.JOSEError) return { valid: false, why: error.message };
    throw error;
  }
}

/** The keys that receipts can be checked with (RFC 7517). */
export async function publicKeys(env: Env): Promise<{ keys: JWK[] }> {
  const keys = await privateKeys(env);
  return { keys: keys.map(({ d: _, ...key }) => ({ ...key, alg: ALGORITHM, use: 'sig' })) };
}

/** Newest first. */
async function privateKeys(env: Env): Promise<JWK[]> {
  const { results } = await env.DB.prepare('SELECT jwk FROM signing_keys ORDER BY created_at DESC, kid').all<{
    jwk: string;
  }>();
  return results.map(({ jwk }) => JSON.parse(jwk));
}

async function newKey(env: Env): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  const key = { ...jwk, kid: await calculateJwkThumbprint(jwk) };
  await env.DB.prepare('INSERT INTO signing_keys (kid, jwk, created_at) VALUES (?, ?, ?)')
    .bind(key.kid, JSON.stringify(key), Date.now())
    .run();
  return key;
}

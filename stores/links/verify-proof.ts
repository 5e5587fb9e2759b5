import { decodeProtectedHeader, errors, importJWK, type JWK, jwtVerify } from 'jose';
import { z } from 'zod';
import type { Claimed } from '../../core/events/vouch.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';

/** Longest life of a proof, from `iat` to `exp`. */
const MAX_LIFE_SECONDS = 86_400;
/** Clocks of shop and edge may differ by this much. */
const CLOCK_TOLERANCE_SECONDS = 60;
/** How long an isolate believes a site's keys. */
const KEY_AGES = { ttlMs: 60_000 };

const ALGORITHMS = ['HS256', 'ES256', 'EdDSA', 'RS256'];

const keySchema = z.object({ kid: z.string(), jwk: z.string() });
const keys = new LoadedCache<readonly z.infer<typeof keySchema>[]>(1_000, KEY_AGES);

const claimsSchema = z.object({
  sub: z.string(),
  iat: z.number(),
  exp: z.number(),
  anonymous_id: z.string().optional(),
  previous_id: z.string().optional(),
});

/**
 * Checks a proof (JWT, RFC 7519): signed by one of the site's identity keys (HS256, ES256, EdDSA or RS256), audience the site, subject
 * the user, `anonymous_id` the device of the event, `previous_id` the other user of an alias, signed by now for at most a day.
 *
 * @returns what is wrong with it, or nothing.
 */
export async function proofFault(
  env: Env,
  site: string,
  token: string,
  claimed: Claimed,
  nowMs: number,
): Promise<string | undefined> {
  let claims: z.infer<typeof claimsSchema>;
  try {
    const { payload } = await verifiedBy(await keysFor(env, site, token), (key) =>
      jwtVerify(token, key, {
        audience: site,
        algorithms: ALGORITHMS,
        currentDate: new Date(nowMs),
        clockTolerance: CLOCK_TOLERANCE_SECONDS,
      }),
    );
    const parsed = claimsSchema.safeParse(payload);
    if (!parsed.success) return `the proof lacks a claim: ${parsed.error.issues[0]?.path.join('.')}`;
    claims = parsed.data;
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof UnknownKey)
      return `the proof is refused: ${error.message}`;
    throw error;
  }
  if (claims.iat > nowMs / 1_000 + CLOCK_TOLERANCE_SECONDS)
    return 'the proof was signed in the future: "iat" must be the time now, in seconds since 1970';
  if (claims.exp - claims.iat > MAX_LIFE_SECONDS)
    return `the proof lives ${claims.exp - claims.iat} s; sign it for at most ${MAX_LIFE_SECONDS} s`;
  if (claims.sub !== claimed.userId) return 'the proof is for another user: "sub" must be the event’s userId';
  if (claims.anonymous_id !== claimed.anonymousId)
    return 'the proof is for another device: "anonymous_id" must be the event’s anonymousId';
  if (claims.previous_id !== claimed.previousId)
    return 'the proof is for another alias: "previous_id" must be the event’s previous_id';
  return undefined;
}

class UnknownKey extends Error {}

function headerOf(token: string): ReturnType<typeof decodeProtectedHeader> {
  try {
    return decodeProtectedHeader(token);
  } catch {
    throw new UnknownKey('it is no JSON Web Token');
  }
}

/** The keys that may have signed it: the one that its `kid` names, without one each of its algorithm, the newest first. */
async function keysFor(env: Env, site: string, token: string): Promise<readonly (CryptoKey | Uint8Array)[]> {
  const { kid, alg } = headerOf(token);
  const known = await readThrough(keys, site, async () => {
    const { results } = await env.DB.prepare(
      'SELECT kid, jwk FROM identity_keys WHERE site = ? ORDER BY created_at DESC',
    )
      .bind(site)
      .all();
    return z.array(keySchema).parse(results);
  });
  const named = kid === undefined ? known : known.filter((candidate) => candidate.kid === kid);
  if (named.length === 0)
    throw new UnknownKey(kid === undefined ? 'the site has no identity key' : `the site has no key "${kid}"`);
  const jwks = named.map(({ jwk }): JWK => JSON.parse(jwk));
  const fitting = jwks.filter((jwk) => jwk.alg === alg);
  if (fitting.length === 0) throw new UnknownKey(`its algorithm is "${alg}", the key's is "${jwks[0]?.alg}"`);
  return Promise.all(fitting.map((jwk) => importJWK(jwk, jwk.alg)));
}

/** What the first key says that the signature is of. @throws as `verify` does with the last of several keys. */
async function verifiedBy<Verified>(
  candidates: readonly (CryptoKey | Uint8Array)[],
  verify: (key: CryptoKey | Uint8Array) => Promise<Verified>,
): Promise<Verified> {
  for (const key of candidates.slice(0, -1)) {
    try {
      return await verify(key);
    } catch (error) {
      if (!(error instanceof errors.JWSSignatureVerificationFailed)) throw error;
    }
  }
  const last = candidates.at(-1);
  if (last === undefined) throw new UnknownKey('the site has no identity key');
  return verify(last);
}

import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { fnv1a } from '../hash.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';
import type { Decision, DecisionFault, Trial } from './decision.ts';
import { STRATEGIES, type Strategy } from './strategy.ts';
import { TIERS, type Tier } from './tier.ts';

/** The version of the form below; a reader refuses others. */
const VERSION = 1;
/** Version, time, nonce, visitor, slot, policy, model, number of trials. */
const HEAD_BYTES = 25;
const NONCE_BYTES = 6;
/** Number, variant, propensity. */
const TRIAL_BYTES = 5;
const MAC_BYTES = 10;
/** Experiments that one decision may be part of. */
export const MAX_TRIALS = 4;
/** Bytes of a token, at most: 120 characters of base64url. */
const MAX_BYTES = 90;
/** Longest token, in characters. */
export const MAX_DECISION_LENGTH = 120;
/** How long after its decision an impression or a click may happen: a page that was left open over night. */
export const DECISION_TTL_MS = 24 * HOUR_MS;
/** How far an event's time may be off: ingest corrects greater errors. */
const CLOCK_SKEW_MS = 2 * MINUTE_MS;
const PROPENSITY_UNIT = 65_535;

/** What a read decided, before it is signed. */
export interface Decided {
  readonly slot: string;
  readonly strategy: Strategy;
  readonly tier: Tier;
  readonly model: number;
  readonly trials: readonly Trial[];
  /** Ids of what is shown, in its order. */
  readonly items: readonly string[];
}

/** What an event claims of the decision that it comes from. */
export interface DecisionClaim {
  readonly token: string;
  readonly slot: string;
  readonly anonymousId?: string | undefined;
  readonly userId?: string | undefined;
  /** The product that was clicked. */
  readonly product?: string | undefined;
  /** When it happened, by the corrected clock of the client, and when it came, ms since 1970: a browser may have been offline between. */
  readonly happenedAtMs: number;
  readonly receivedAtMs: number;
  /** How long after its decision it may come: as long as ids are remembered, so that it counts once. */
  readonly horizonMs: number;
}

/**
 * Signs and reads the decisions of a site: HMAC-SHA256 (RFC 2104), cut to 80 bits, over a binary form of fixed places, base64url. Of each product
 * there is one byte of a hash, in order: a click's product, and its place, can be held against it; to a product that was not shown it
 * answers by chance in one of 256.
 *
 * @example
 * const signer = new DecisionSigner(site.id, site.visitorKey);
 * const token = signer.sign({ anonymousId: 'd1' }, decided, Date.now(), crypto.getRandomValues(new Uint8Array(6)));
 */
export class DecisionSigner {
  private readonly site: string;
  private readonly mac: ReturnType<typeof hmac.create>;

  /** @param siteKey of one site only, hex; what decisions are signed with is derived from it. */
  constructor(site: string, siteKey: string) {
    this.site = site;
    const key = hmac(sha256, Buffer.from(siteKey, 'hex'), Buffer.from('vitrine decision'));
    this.mac = hmac.create(sha256, key);
  }

  /**
   * @param visitor for whom it was decided: the device, or the user where only he is known.
   * @param nonce six bytes by chance.
   */
  sign(visitor: Person, decided: Decided, nowMs: number, nonce: Uint8Array): string {
    const trials = decided.trials.slice(0, MAX_TRIALS);
    const room = MAX_BYTES - HEAD_BYTES - MAC_BYTES - trials.length * TRIAL_BYTES;
    const items = decided.items.slice(0, room);
    const length = HEAD_BYTES + trials.length * TRIAL_BYTES + items.length;
    const bytes = Buffer.alloc(length + MAC_BYTES);
    bytes[0] = VERSION;
    bytes.writeUInt32BE(Math.floor(nowMs / 1_000), 1);
    bytes.set(nonce.subarray(0, NONCE_BYTES), 5);
    bytes.writeUInt32BE(this.hashOf(visitor), 11);
    bytes.writeUInt32BE(fnv1a(decided.slot), 15);
    bytes[19] = STRATEGIES.indexOf(decided.strategy) | (TIERS.indexOf(decided.tier) << 4);
    bytes.writeUInt32BE(decided.model >>> 0, 20);
    bytes[24] = trials.length;
    let at = HEAD_BYTES;
    for (const { number, variant, propensity } of trials) {
      bytes.writeUInt16BE(number, at);
      bytes[at + 2] = variant;
      bytes.writeUInt16BE(Math.max(1, Math.round(propensity * PROPENSITY_UNIT)), at + 3);
      at += TRIAL_BYTES;
    }
    for (const item of items) {
      bytes[at] = itemByte(item);
      at += 1;
    }
    bytes.set(this.macOf(bytes.subarray(0, length)), length);
    return bytes.toString('base64url');
  }

  /** The decision that an event comes from, or why it comes from none of ours. */
  read(claim: DecisionClaim): Decision | { readonly fault: DecisionFault } {
    const { token } = claim;
    if (token.length > MAX_DECISION_LENGTH || !/^[\w-]+$/.test(token)) return { fault: 'malformed' };
    const bytes = Buffer.from(token, 'base64url');
    const length = bytes.byteLength - MAC_BYTES;
    if (length < HEAD_BYTES || bytes[0] !== VERSION) return { fault: 'malformed' };
    if (!sameBytes(this.macOf(bytes.subarray(0, length)), bytes.subarray(length))) return { fault: 'forged' };
    const decidedAt = bytes.readUInt32BE(1) * 1_000;
    const age = claim.happenedAtMs - decidedAt;
    const came = claim.receivedAtMs - decidedAt;
    if (age > DECISION_TTL_MS || age < -CLOCK_SKEW_MS || came > claim.horizonMs || came < -CLOCK_SKEW_MS)
      return { fault: 'expired' };
    const visitors = [{ anonymousId: claim.anonymousId }, { userId: claim.userId }].map((one) => this.hashOf(one));
    if (!visitors.includes(bytes.readUInt32BE(11))) return { fault: 'foreign' };
    if (bytes.readUInt32BE(15) !== fnv1a(claim.slot)) return { fault: 'other_slot' };
    const policy = bytes[19] ?? 0;
    const strategy = STRATEGIES[policy & 15];
    const tier = TIERS[policy >> 4];
    const count = bytes[24] ?? 0;
    const itemsAt = HEAD_BYTES + count * TRIAL_BYTES;
    if (!strategy || !tier || count > MAX_TRIALS || itemsAt > length) return { fault: 'malformed' };
    const trials = Array.from({ length: count }, (_, n) => ({
      number: bytes.readUInt16BE(HEAD_BYTES + n * TRIAL_BYTES),
      variant: bytes[HEAD_BYTES + n * TRIAL_BYTES + 2] ?? 0,
      propensity: bytes.readUInt16BE(HEAD_BYTES + n * TRIAL_BYTES + 3) / PROPENSITY_UNIT,
    }));
    const place = claim.product === undefined ? -1 : bytes.subarray(itemsAt, length).indexOf(itemByte(claim.product));
    if (claim.product !== undefined && place < 0) return { fault: 'not_shown' };
    return {
      id: bytes.subarray(1, 5 + NONCE_BYTES).toString('base64url'),
      decidedAt,
      strategy,
      tier,
      model: bytes.readUInt32BE(20),
      trials,
      ...(place >= 0 && { position: place + 1 }),
    };
  }

  private hashOf({ anonymousId, userId }: Person): number {
    if (anonymousId === undefined && userId === undefined) return 0;
    return fnv1a(anonymousId === undefined ? `${this.site}/u/${userId}` : `${this.site}/a/${anonymousId}`) || 1;
  }

  private macOf(bytes: Uint8Array): Uint8Array {
    return this.mac.clone().update(bytes).digest().subarray(0, MAC_BYTES);
  }
}

/** Who a decision is for. */
export interface Person {
  readonly anonymousId?: string | undefined;
  readonly userId?: string | undefined;
}

function itemByte(item: string): number {
  const hash = fnv1a(item);
  return (hash ^ (hash >>> 8) ^ (hash >>> 16) ^ (hash >>> 24)) & 255;
}

/** In a time that tells nothing of where they differ. */
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.byteLength !== b.byteLength) return false;
  let difference = 0;
  for (const [at, byte] of a.entries()) difference |= byte ^ (b[at] ?? 0);
  return difference === 0;
}

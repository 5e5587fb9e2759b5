import { allows } from '../consent/allows.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { hashPart } from '../identity/hash-ledger.ts';
import { foldChoices } from './choices.ts';
import { type TimedInteraction, timedInteractions } from './interactions.ts';
import { PROFILE_CAPS, SESSION_GAP_MS } from './limits.ts';
import { insertNewest } from './newest.ts';

/** Whose events are replayed, without saying who he is. */
export interface ReplayedProfile {
  /** What the ids of its sessions begin with. */
  readonly prefix: string;
  /** The hash of its ledger. */
  readonly hash: string;
}

/** A session that has ended; times in ms since 1970. */
export interface ReplayedSession {
  /** What the ids of its profile's sessions begin with. */
  readonly prefix: string;
  readonly start: number;
  readonly endedAt: number;
  /** Its last items, oldest first. */
  readonly items: readonly string[];
  /** What its erasure would be remembered by: the hashes of its ledger, and of the users whom its events named on it. */
  readonly hashes: readonly string[];
}

/** A session that a later event may go on with. */
interface OpenSession {
  readonly start: number;
  end: number;
  /** Newest first. */
  readonly newest: Pick<TimedInteraction, 'time' | 'key' | 'item'>[];
  readonly hashes: string[];
}

/** What a replay holds between two stretches of time, as JSON: profiles by the prefixes of their sessions. */
export interface ReplayState {
  readonly open: readonly (readonly [prefix: string, OpenSession])[];
  readonly refused: readonly string[];
}

/**
 * Makes the sessions of a site's visitors again from their events, which come in the order of time. They are those that the profiles have
 * told the index of, as far as each profile held its events in this order; at most one session of a profile is open at a time.
 */
export class SessionReplay {
  /** Profiles whose visitor refuses personalization, by his last word so far: none of his sessions may teach. */
  readonly refused: Set<string>;
  private readonly open: Map<string, OpenSession>;

  constructor({ open, refused }: ReplayState = { open: [], refused: [] }) {
    this.open = new Map(open);
    this.refused = new Set(refused);
  }

  get state(): ReplayState {
    return { open: [...this.open], refused: [...this.refused] };
  }

  /** Takes some events of a profile, oldest first. Returns the sessions that ended before them or among them. */
  take({ prefix, hash }: ReplayedProfile, events: readonly EnrichedEvent[]): ReplayedSession[] {
    const ended: ReplayedSession[] = [];
    for (const event of events) {
      if (!allows(event, 'personalization')) continue;
      this.noteChoice(prefix, event);
      let session = this.open.get(prefix);
      if (session && event.time > session.end + SESSION_GAP_MS) {
        ended.push(...this.close(prefix, session));
        session = undefined;
      }
      session ??= { start: event.time, end: event.time, newest: [], hashes: [hash] };
      session.end = event.time;
      for (const { time, key, item } of timedInteractions(event))
        insertNewest(session.newest, { time, key, item }, PROFILE_CAPS.sessionItems);
      const part = event.userId === undefined ? hash : hashPart(hash, event.userId);
      if (!session.hashes.includes(part)) session.hashes.push(part);
      this.open.set(prefix, session);
    }
    return ended;
  }

  /** Ends the sessions that no event from `timeMs` on can go on with. */
  closeBefore(timeMs: number): ReplayedSession[] {
    return [...this.open].flatMap(([prefix, session]) =>
      session.end + SESSION_GAP_MS < timeMs ? this.close(prefix, session) : [],
    );
  }

  private close(prefix: string, { start, end, newest, hashes }: OpenSession): ReplayedSession[] {
    this.open.delete(prefix);
    if (newest.length === 0) return [];
    return [{ prefix, start, endedAt: end, items: newest.map(({ item }) => item).reverse(), hashes }];
  }

  private noteChoice(prefix: string, event: EnrichedEvent): void {
    const choices: Parameters<typeof foldChoices>[0] = new Map();
    foldChoices(choices, event);
    const choice = choices.get('personalization');
    if (choice?.granted === true) this.refused.delete(prefix);
    if (choice?.granted === false) this.refused.add(prefix);
  }
}

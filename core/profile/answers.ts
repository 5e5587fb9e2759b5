import type { WireDefinitions } from '../attributes/wire-definitions.ts';
import type { Choices } from '../consent/purposes.ts';
import type { Outcome } from '../events/applied-events.ts';
import type { Ledger } from '../identity/ledger.ts';
import type { PersonStandings } from './person-standings.ts';

/** A session as the index takes it; without items it is to be removed. */
export interface ChangedSession {
  readonly id: string;
  readonly version: number;
  readonly endedAt: number;
  readonly items: string[];
}

/** What comes with messages that are to be counted. */
export interface ApplyOptions {
  /** What the caller knows of the site's definitions. */
  readonly definitions?: WireDefinitions | undefined;
}

/** What became of messages that were counted. */
export interface ApplyResult {
  readonly v: 1;
  /** For each message, for each of its events. */
  readonly outcomes: Outcome[][];
  readonly sessions: ChangedSession[];
  /** How the person stands in experiments, where the messages may have changed it. */
  readonly standings?: PersonStandings | undefined;
}

/** A part of a person's profile, with the decisions on consent under which it may be used, if he made any. */
export interface PersonPart<T> {
  readonly value: T;
  readonly choices?: Choices | undefined;
}

/** A person's profile as his home tells it, or the ledger that is to be asked instead. */
export type PersonRead<T> = PersonPart<T> | { readonly elsewhere: Ledger };

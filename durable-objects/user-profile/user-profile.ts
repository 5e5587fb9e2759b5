import { DurableObject } from 'cloudflare:workers';
import type { Choices } from '../../core/consent/purposes.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import {
  type Assignment,
  acceptLeave,
  acceptSnapshot,
  type LinkedLedger,
  reassign,
  type Snapshot,
} from '../../core/identity/link-protocol.ts';
import type { Applied, AppliedMessage, Outcome, RetiredSession } from '../../core/profile/apply-messages.ts';
import { applyMessages } from '../../core/profile/apply-messages.ts';
import { choicesOf } from '../../core/profile/choices.ts';
import type { DedupLog } from '../../core/profile/dedup-log.ts';
import { decodeState, encodeState } from '../../core/profile/encode-state.ts';
import { DAY_MS, QUEUE_RETENTION_DAYS } from '../../core/profile/limits.ts';
import { mergeStates } from '../../core/profile/merge-states.ts';
import { sessionItems } from '../../core/profile/session-items.ts';
import type { ProfileState } from '../../core/profile/state.ts';
import { type ProfileView, recentIds, viewProfile } from '../../core/profile/view-profile.ts';
import { migrate } from '../storage/migrate.ts';
import { LinkStore } from './link-store.ts';
import { ProfileStore, type StoredProfile } from './profile-store.ts';
import { profileStub } from './profile-stub.ts';
import { PROFILE_MIGRATIONS } from './schema.ts';

/** Decay is shown to the minute. */
const MINUTE_MS = 60_000;
/** Retired sessions that are remembered for a redelivery, newest first. */
const RETIRED_CAP = 32;

/** A session as the index takes it; without items it is to be removed. */
export interface ChangedSession {
  readonly id: string;
  readonly version: number;
  readonly endedAt: number;
  readonly items: string[];
}

export interface ApplyResult {
  readonly v: 1;
  /** For each message, for each of its events. */
  readonly outcomes: Outcome[][];
  readonly sessions: ChangedSession[];
}

/** A part of a person's profile, with the decisions on consent under which it may be used, if he made any. */
export interface PersonPart<T> {
  readonly value: T;
  readonly choices?: Choices | undefined;
}

/** A person's profile as his home tells it, or the ledger that is to be asked instead. */
export type PersonRead<T> = PersonPart<T> | { readonly elsewhere: Ledger };

/** Settling links is tried again after this time when it failed or the object was reset. */
const SETTLE_RETRY_MS = 10_000;

/**
 * The live profile of one ledger, and of the person whose home it is: his linked ledgers send their snapshots here. The object's name
 * is `<site>/<ledger>`.
 */
export class UserProfile extends DurableObject<Env> {
  private readonly store: ProfileStore;
  private readonly links: LinkStore;
  private readonly horizonDays: number;
  private stored: StoredProfile | undefined;
  private log: DedupLog | undefined;
  private alarmSet: boolean | undefined;
  private assignment: Assignment | undefined;
  /** The snapshot that the person's home is known to hold, as `<assignment>.<number>`. */
  private sent = '';
  /** The states of all linked ledgers as one, which holds until any of them changes. */
  private merged: ProfileState | undefined;
  /** The last answer to `read`, which holds until the next change or minute. */
  private view: { readonly minute: number; readonly part: PersonPart<ProfileView> } | undefined;

  /** The last answer to `readRecent`, which holds until the next change. */
  private recent: PersonPart<string[]> | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, PROFILE_MIGRATIONS);
    this.store = new ProfileStore(ctx.storage);
    this.links = new LinkStore(ctx.storage);
    this.assignment = this.links.assignment();
    this.horizonDays = Number(env.DEDUP_HORIZON_DAYS);
  }

  /** Counts each event of the messages once and stores the result before it answers. */
  async apply(messages: AppliedMessage[]): Promise<ApplyResult> {
    this.log ??= this.store.loadLog();
    const profile = this.profile();
    const applied = applyMessages(profile.state, this.log, messages, Date.now(), this.horizonDays);
    if (applied.changed) {
      this.forgetViews();
      profile.version += 1;
      profile.retired = [...applied.retired, ...profile.retired].slice(0, RETIRED_CAP);
      this.save(profile, this.log);
    }
    await this.keepAlarm();
    // Not answered before the person's home has it: the message comes again until both have.
    await this.sendSnapshot();
    return { v: 1, outcomes: applied.outcomes, sessions: this.changedSessions(profile, applied, messages) };
  }

  /**
   * The person's profile as readers see it. Writes nothing.
   *
   * @param via the linked ledger that the reader comes for; if it is not this person's, the reader is sent there.
   */
  read(via?: Ledger): PersonRead<ProfileView> {
    return this.elsewhere(via) ?? this.readHere();
  }

  /** The ids of the person's last distinct items, newest first. Writes nothing. `via` as for `read`. */
  readRecent(via?: Ledger): PersonRead<string[]> {
    return this.elsewhere(via) ?? this.readRecentHere();
  }

  /** The profile of what this object holds, wherever its person's home is. */
  readHere(): PersonPart<ProfileView> {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (this.view?.minute !== minute)
      this.view = { minute, part: this.part(viewProfile(this.person(), minute * MINUTE_MS)) };
    return this.view.part;
  }

  /** As `readHere`, the last items only. */
  readRecentHere(): PersonPart<string[]> {
    this.recent ??= this.part(recentIds(this.person()));
    return this.recent;
  }

  /** Says to whom this ledger belongs. Answered when the old home has let go of it and the new one holds its snapshot. */
  async assign(incoming: { readonly v: 1; readonly person: Ledger; readonly version: number }): Promise<void> {
    const next = reassign(this.self(), this.assignment, incoming);
    if (next) {
      this.links.saveAssignment(next);
      this.assignment = next;
      await this.wakeBy(Date.now() + SETTLE_RETRY_MS);
    }
    await this.settle();
  }

  /** Takes the snapshot of a linked ledger; an old one changes nothing. */
  receiveSnapshot(snapshot: Snapshot & { readonly v: 1 }): void {
    this.keepLinked(acceptSnapshot(this.links.linked(snapshot.ledger), snapshot));
  }

  /** Lets go of a ledger that belongs elsewhere from this assignment on. */
  releaseLedger(leave: { readonly v: 1; readonly ledger: Ledger; readonly assignment: number }): void {
    this.keepLinked(acceptLeave(this.links.linked(leave.ledger), leave));
  }

  /** The merged state of the person as canonical text. */
  exportPerson(): string {
    return encodeState(this.person());
  }

  /** The stored state as canonical text: equal sets of events give equal bytes. */
  exportState(): string {
    return encodeState(this.profile().state);
  }

  /** Settles links that were left half done, and forgets ids that no accepted event can bear any more. */
  override async alarm(): Promise<void> {
    try {
      await this.settle();
      this.store.forgetSegments(Date.now() - this.retentionMs());
      this.log = undefined;
    } catch (error) {
      await this.wakeBy(Date.now() + SETTLE_RETRY_MS);
      throw error;
    } finally {
      this.alarmSet = false;
      await this.keepAlarm();
    }
  }

  private part<T>(value: T): PersonPart<T> {
    const choices = choicesOf(this.person().choices);
    return choices ? { value, choices } : { value };
  }

  private forgetViews(): void {
    this.merged = undefined;
    this.view = undefined;
    this.recent = undefined;
  }

  /** This ledger's state and those linked to it, as one. */
  private person(): ProfileState {
    if (this.merged) return this.merged;
    const own = this.profile().state;
    const linked = this.links.present();
    if (linked.length === 0) this.merged = own;
    else {
      const states = [
        { ledger: this.self(), state: own },
        ...linked.map((row) => ({ ...row, state: decodeState(row.state) })),
      ];
      this.merged = mergeStates(states.sort((a, b) => (a.ledger < b.ledger ? -1 : 1)).map(({ state }) => state));
    }
    return this.merged;
  }

  private elsewhere(via: Ledger | undefined): { readonly elsewhere: Ledger } | undefined {
    const self = this.self();
    if (via !== undefined && via !== self && this.links.linked(via)?.state == null) return { elsewhere: via };
    const home = this.assignment?.person ?? self;
    return home === self ? undefined : { elsewhere: home };
  }

  private self(): Ledger {
    return this.nameParts().ledger;
  }

  /** The object's name, `<site>/<ledger>`; sites' ids have no slash. */
  private nameParts(): { site: string; ledger: Ledger } {
    const name = this.ctx.id.name ?? '';
    const cut = name.indexOf('/');
    return { site: name.slice(0, cut), ledger: name.slice(cut + 1) as Ledger };
  }

  private keepLinked(row: LinkedLedger | undefined): void {
    if (!row) return;
    this.links.saveLinked(row);
    this.forgetViews();
  }

  /** Has former homes let go of this ledger and its present one hold its snapshot. */
  private async settle(): Promise<void> {
    const { site, ledger } = this.nameParts();
    const assignment = this.assignment;
    if (assignment && assignment.leaving.length > 0) {
      const leave = { v: 1 as const, ledger, assignment: assignment.version };
      await Promise.all(assignment.leaving.map((home) => profileStub(this.env, site, home).releaseLedger(leave)));
      if (this.assignment === assignment) {
        this.assignment = { ...assignment, leaving: [] };
        this.links.saveAssignment(this.assignment);
      }
    }
    await this.sendSnapshot();
  }

  /** Sends this ledger's state to its person's home, unless that is here or has it. */
  private async sendSnapshot(): Promise<void> {
    const { site, ledger } = this.nameParts();
    const assignment = this.assignment;
    if (!assignment || assignment.person === ledger) return;
    const { state, version: number } = this.profile();
    const name = `${assignment.version}.${number}`;
    if (this.sent === name) return;
    const snapshot = { v: 1 as const, ledger, assignment: assignment.version, number, state: encodeState(state) };
    await profileStub(this.env, site, assignment.person).receiveSnapshot(snapshot);
    this.sent = name;
  }

  private async wakeBy(time: number): Promise<void> {
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > time) await this.ctx.storage.setAlarm(time);
  }

  private profile(): StoredProfile {
    this.stored ??= this.store.load();
    return this.stored;
  }

  /** A write that fails leaves memory ahead of storage: forget memory, so that the retry starts from what is stored. */
  private save(profile: StoredProfile, log: DedupLog): void {
    try {
      this.ctx.storage.transactionSync(() => this.store.save(profile, log));
    } catch (error) {
      this.stored = undefined;
      this.log = undefined;
      this.forgetViews();
      throw error;
    }
  }

  private changedSessions(
    profile: StoredProfile,
    applied: Applied,
    messages: readonly AppliedMessage[],
  ): ChangedSession[] {
    const prefix = this.ctx.id.toString().slice(0, 16);
    const ids = new Set(messages.map((message) => message.id));
    const stillThere = new Set(profile.state.sessions.map(([start]) => start));
    const gone = profile.retired.filter(
      ({ messageId, start }: RetiredSession) => ids.has(messageId) && !stillThere.has(start),
    );
    const agreed = profile.state.choices.get('personalization')?.granted !== false;
    const touched = applied.touchedSessions.map((start) => ({ start, ...sessionItems(profile.state, start) }));
    return [
      ...touched
        .filter(({ items }) => items.length > 0)
        .map((session) => (agreed ? session : { ...session, items: [] })),
      ...gone.map(({ start, time }) => ({ start, endedAt: time, items: [] })),
    ].map(({ start, endedAt, items }) => ({
      id: `${prefix}.${start.toString(36)}`,
      version: profile.version,
      endedAt,
      items,
    }));
  }

  /** One alarm while there are segments to forget; setting it costs a row, so it is set once and not each time. */
  private async keepAlarm(): Promise<void> {
    if (this.alarmSet) return;
    const oldest = this.store.oldestSegmentMs();
    if (oldest === undefined) return;
    this.alarmSet = true;
    if ((await this.ctx.storage.getAlarm()) === null) {
      await this.ctx.storage.setAlarm(Math.max(Date.now(), oldest + this.retentionMs()) + DAY_MS);
    }
  }

  private retentionMs(): number {
    return (this.horizonDays + QUEUE_RETENTION_DAYS) * DAY_MS;
  }
}

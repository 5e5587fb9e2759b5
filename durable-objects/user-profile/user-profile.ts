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
import { laterTombstone, type Tombstone } from '../../core/profile/tombstone.ts';
import { type ProfileView, recentIds, viewProfile } from '../../core/profile/view-profile.ts';
import { encodeShared } from '../../core/segments/encode-following.ts';
import type { SiteDefinitions } from '../../core/segments/person.ts';
import { log } from '../../workers/http/log.ts';
import { forgetLinks } from '../../workers/identity/link-graph.ts';
import { lastDefinitions, siteDefinitions } from '../../workers/segments/definitions.ts';
import { dropEverything } from '../storage/migrate.ts';
import { adoptTable } from './adopt-table.ts';
import { Follower } from './follower.ts';
import { LinkStore } from './link-store.ts';
import { ProfileStore, type StoredProfile } from './profile-store.ts';
import { profileStub, sessionPrefix } from './profile-stub.ts';
import { sendTransitions } from './send-transitions.ts';
import { TombstoneStore } from './tombstone-store.ts';

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
  private links: LinkStore;
  private readonly tombstones: TombstoneStore;
  private readonly horizonDays: number;
  private stored: StoredProfile | undefined;
  private log: DedupLog | undefined;
  private assignment: Assignment | undefined;
  private tombstone: Tombstone | undefined;
  private readonly follower: Follower;
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
    adoptTable(ctx.storage);
    this.store = new ProfileStore(ctx.storage);
    this.links = new LinkStore(ctx.storage);
    this.tombstones = new TombstoneStore(ctx.storage);
    this.assignment = this.links.assignment();
    this.tombstone = this.tombstones.load();
    this.horizonDays = Number(env.DEDUP_HORIZON_DAYS);
    this.follower = new Follower({
      following: () => this.profile().following,
      person: () => this.person(),
      shared: () => this.links.present().map(({ shared }) => shared),
      isHome: () => (this.assignment?.person ?? this.self()) === this.self(),
    });
  }

  /** Counts each event of the messages once and stores the result before it answers. */
  async apply(messages: AppliedMessage[]): Promise<ApplyResult> {
    const definitions = await siteDefinitions(this.env, this.nameParts().site);
    this.log ??= this.store.loadLog();
    const profile = this.profile();
    const applied = applyMessages(profile.state, this.log, messages, Date.now(), this.horizonDays, this.tombstone);
    if (applied.changed) {
      this.forgetViews();
      profile.version += 1;
      profile.retired = [...applied.retired, ...profile.retired].slice(0, RETIRED_CAP);
      this.follower.follow(definitions, applied.fresh, messages, Date.now());
      this.save(profile, this.log);
      // Set once: a row each time. The alarm finds the next time by itself.
      if (profile.version === 1 || profile.following.nextChangeAt !== null) await this.wakeBy(this.nextDuty());
    }
    await this.handOnTransitions();
    // Not answered before the person's home has it: the message comes again until both have.
    await this.sendSnapshot();
    return { v: 1, outcomes: applied.outcomes, sessions: this.changedSessions(profile, applied, messages) };
  }

  /**
   * The person's profile as readers see it. Writes nothing.
   *
   * @param via the linked ledger that the reader comes for; if it is not this person's, the reader is sent there.
   */
  async read(via?: Ledger): Promise<PersonRead<ProfileView>> {
    return this.elsewhere(via) ?? (await this.readHere());
  }

  /** The ids of the person's last distinct items, newest first. Writes nothing. `via` as for `read`. */
  readRecent(via?: Ledger): PersonRead<string[]> {
    return this.elsewhere(via) ?? this.readRecentHere();
  }

  /** The profile of what this object holds, wherever its person's home is. */
  async readHere(): Promise<PersonPart<ProfileView>> {
    const minute = Math.floor(Date.now() / MINUTE_MS);
    if (this.view?.minute === minute) return this.view.part;
    const definitions = await lastDefinitions(this.env, this.nameParts().site);
    const now = minute * MINUTE_MS;
    this.view = {
      minute,
      part: this.part({ ...viewProfile(this.person(), now), ...this.follower.view(definitions, Date.now()) }),
    };
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
    if (next && incoming.version > (this.tombstone?.assignment ?? 0)) {
      this.links.saveAssignment(next);
      this.assignment = next;
      await this.wakeBy(Date.now() + SETTLE_RETRY_MS);
    }
    await this.settle();
  }

  /** Takes the snapshot of a linked ledger; an old one changes nothing. */
  async receiveSnapshot(snapshot: Snapshot & { readonly v: 1 }): Promise<void> {
    if (snapshot.assignment <= (this.tombstone?.assignment ?? 0)) return;
    const definitions = await siteDefinitions(this.env, this.nameParts().site);
    const first = !this.links.exist();
    const held = acceptSnapshot(this.links.linked(snapshot.ledger), snapshot);
    if (held) this.changeLinked(held, definitions, decodeState(snapshot.state).lastAt);
    await this.handOnTransitions();
    if (first || this.profile().following.nextChangeAt !== null) await this.wakeBy(this.nextDuty());
  }

  /** Lets go of a ledger that belongs elsewhere from this assignment on. */
  async releaseLedger(leave: { readonly v: 1; readonly ledger: Ledger; readonly assignment: number }): Promise<void> {
    const definitions = await siteDefinitions(this.env, this.nameParts().site);
    const held = acceptLeave(this.links.linked(leave.ledger), leave);
    if (held) this.changeLinked(held, definitions, Date.now());
    await this.handOnTransitions();
  }

  /**
   * Erases all that this object holds, but for the fact that it did: no home keeps its snapshot, no event from before counts again. May
   * be called again.
   */
  async erase(incoming: Tombstone & { readonly v: 1 }): Promise<void> {
    const { site, ledger } = this.nameParts();
    const { erasedAt, assignment, later } = incoming;
    const homes = [this.assignment?.person ?? ledger, ...(this.assignment?.leaving ?? [])];
    const leave = { v: 1 as const, ledger, assignment };
    const elsewhere = homes.filter((home) => home !== ledger);
    await Promise.all(elsewhere.map((home) => profileStub(this.env, site, home).releaseLedger(leave)));
    this.tombstone = laterTombstone(this.tombstone, { erasedAt, assignment, later });
    this.empty(this.tombstone);
    await this.ctx.storage.deleteAlarm();
  }

  /** Replaces the state by one that was made again from the ledger's history; what is remembered of ids stays. */
  async restore({ state }: { readonly v: 1; readonly state: string }): Promise<void> {
    this.log ??= this.store.loadLog();
    const profile = this.profile();
    profile.state = decodeState(state);
    profile.version += 1;
    this.forgetViews();
    this.save(profile, this.log);
    await this.sendSnapshot();
  }

  /** The merged state of the person as canonical text. */
  exportPerson(): string {
    return encodeState(this.person());
  }

  /** The stored state as canonical text: equal sets of events give equal bytes. */
  exportState(): string {
    return encodeState(this.profile().state);
  }

  /**
   * The one alarm: settles links that were left half done, forgets ids that no accepted event can bear any more, and the whole profile
   * when nothing has come for `PROFILE_TTL_DAYS`.
   */
  override async alarm(): Promise<void> {
    let next = Date.now() + SETTLE_RETRY_MS;
    try {
      await this.settle();
      await this.advanceSegments();
      await this.handOnTransitions();
      this.store.forgetSegments(Date.now() - this.retentionMs());
      this.log = undefined;
      if (this.expiresAt() <= Date.now()) await this.expire();
      next = this.nextDuty();
    } finally {
      if (this.profile().version > 0 || this.assignment || this.links.exist()) await this.wakeBy(next);
    }
  }

  /** Nothing has come for so long that the profile is nobody's any more. Its links go with it. */
  private async expire(): Promise<void> {
    const { site, ledger } = this.nameParts();
    const { person, version } = this.assignment ?? { person: ledger, version: 0 };
    // Under a version that a link to come is not older than.
    if (person !== ledger)
      await profileStub(this.env, site, person).releaseLedger({ v: 1, ledger, assignment: version + 1 });
    await forgetLinks(this.env, site, ledger);
    this.empty(this.tombstone);
    log('profile_expired', { site });
  }

  /** Drops everything in one transaction, but for the tombstone. */
  private empty(tombstone: Tombstone | undefined): void {
    this.ctx.storage.transactionSync(() => {
      dropEverything(this.ctx.storage);
      if (tombstone) this.tombstones.save(tombstone);
    });
    this.links = new LinkStore(this.ctx.storage);
    this.assignment = undefined;
    this.stored = undefined;
    this.log = undefined;
    this.sent = '';
    this.forgetViews();
  }

  /** When the person whose home this is, or this ledger, is to be forgotten, ms since 1970. */
  private expiresAt(): number {
    return (this.person().lastAt || Date.now()) + Number(this.env.PROFILE_TTL_DAYS) * DAY_MS;
  }

  /** When the alarm has something to do next, ms since 1970. */
  private nextDuty(): number {
    const segment = this.store.oldestSegmentMs();
    const forget = segment === undefined ? Number.POSITIVE_INFINITY : segment + this.retentionMs() + DAY_MS;
    const upkeep = Math.max(Date.now() + DAY_MS, Math.min(forget, this.expiresAt() + DAY_MS));
    return Math.min(upkeep, this.profile().following.nextChangeAt ?? upkeep);
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

  /** Takes what a linked ledger has become, and follows the person's segments over it; one transaction. */
  private changeLinked(row: LinkedLedger, definitions: SiteDefinitions, stampMs: number): void {
    const now = Date.now();
    const profile = this.profile();
    this.log ??= this.store.loadLog();
    const before = this.follower.advanceTo(definitions, Math.min(stampMs, now));
    this.ctx.storage.transactionSync(() => {
      this.links.saveLinked(row);
      this.forgetViews();
      if (this.follower.settleAt(definitions, stampMs, now) || before) this.save(profile, this.log as DedupLog);
    });
  }

  /** Hands on the transitions that wait. They are stored first, and forgotten once the queue has them. */
  private async handOnTransitions(): Promise<void> {
    const profile = this.profile();
    const waiting = profile.following.outbox;
    if (waiting.length === 0) return;
    const { site, ledger } = this.nameParts();
    await this.wakeBy(Date.now() + SETTLE_RETRY_MS);
    const refused = Object.entries(choicesOf(this.person().choices) ?? {}).flatMap(([name, yes]) =>
      yes ? [] : [name],
    );
    try {
      await sendTransitions(this.env, site, ledger, refused, waiting);
    } catch (error) {
      log('transitions_wait', { site, error: String(error) });
      return;
    }
    if (this.profile() !== profile) return;
    const sent = new Set(waiting.map(({ id }) => id));
    profile.following.outbox = profile.following.outbox.filter(({ id }) => !sent.has(id));
    this.log ??= this.store.loadLog();
    this.save(profile, this.log);
  }

  /** Brings the segments up to now. */
  private async advanceSegments(): Promise<void> {
    const due = this.profile().following.nextChangeAt;
    if (due === null || due > Date.now()) return;
    const definitions = await siteDefinitions(this.env, this.nameParts().site);
    this.log ??= this.store.loadLog();
    if (!this.follower.advanceTo(definitions, Date.now())) return;
    this.forgetViews();
    this.save(this.profile(), this.log);
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
    const { state, version: number, following } = this.profile();
    const name = `${assignment.version}.${number}`;
    if (this.sent === name) return;
    const snapshot = {
      v: 1 as const,
      ledger,
      assignment: assignment.version,
      number,
      state: encodeState(state),
      shared: encodeShared(following),
    };
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
    const prefix = sessionPrefix(this.ctx.id);
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
      id: `${prefix}${start.toString(36)}`,
      version: profile.version,
      endedAt,
      items,
    }));
  }

  private retentionMs(): number {
    return (this.horizonDays + QUEUE_RETENTION_DAYS) * DAY_MS;
  }
}

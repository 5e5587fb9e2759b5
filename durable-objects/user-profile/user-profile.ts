import { DurableObject } from 'cloudflare:workers';
import type { HistoryCall, HistoryOutcome } from '../../core/attributes/history-call.ts';
import type { WireDefinitions } from '../../core/attributes/wire-definitions.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import type { LinkedLedger } from '../../core/identity/link-protocol.ts';
import type { ApplyOptions, ApplyResult, PersonPart, PersonRead } from '../../core/profile/answers.ts';
import type { AppliedMessage } from '../../core/profile/apply-messages.ts';
import { decodeState, encodeState } from '../../core/profile/encode-state.ts';
import { RETRY_MS } from '../../core/profile/next-duty.ts';
import type { PersonStandings } from '../../core/profile/person-standings.ts';
import { type RecentItems, type RecentWithFacts, ruleFacts } from '../../core/profile/recent-items.ts';
import type { Tombstone } from '../../core/profile/tombstone.ts';
import { type ProfileView, viewProfile } from '../../core/profile/view-profile.ts';
import { encodeFollowing } from '../../core/segments/encode-following.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { adoptDefinitions, knownDefinitions, siteDefinitions } from '../../stores/config/definitions.ts';
import { countLive, countMessages } from './count-messages.ts';
import { fillHistory } from './fill-history.ts';
import type { LeaveCall, SnapshotCall } from './linking.ts';
import { Parts } from './parts.ts';
import { type MadeAgain, restoreProfile } from './restore-profile.ts';
import { ShownMessages } from './shown-messages.ts';
import { Upkeep } from './upkeep.ts';

/** How long after its first event a ledger is young: a first answer may be lost. */
const YOUNG_MS = 10 * MINUTE_MS;
/** How long after an assignment it is told whom it has moved. */
const TELL_MOVED_MS = 10 * MINUTE_MS;

/**
 * The live profile of one ledger, and of the person whose home it is: his linked ledgers send their snapshots here. The object's name
 * is `<site>/<ledger>`.
 */
export class UserProfile extends DurableObject<Env> {
  private readonly held: Parts;
  private readonly upkeep: Upkeep;
  private readonly shown = new ShownMessages();
  private moved: { readonly at: number; readonly ledgers: readonly Ledger[] } = { at: 0, ledgers: [] };

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.held = new Parts(ctx, env);
    this.upkeep = new Upkeep(this.held);
  }

  /** What the object is made of, with all that was shown to it counted. */
  private get parts(): Parts {
    const messages = this.shown.take();
    if (messages.length > 0) countLive(this.held, messages, {});
    return this.held;
  }

  /** Counts each event of the messages once and stores the result before it answers. */
  apply(messages: AppliedMessage[], options: ApplyOptions = {}): Promise<ApplyResult> {
    // What the queue brings now needs no second look.
    this.shown.forget(messages);
    return countMessages(this.parts, this.upkeep, messages, options);
  }

  /**
   * Takes a message that the queue has, as text, for whoever reads before the queue brings it. It is counted when somebody looks; at once
   * where readers look elsewhere, at the person's home.
   */
  show(id: string, text: string, definitions?: WireDefinitions): void {
    adoptDefinitions(this.held.site, definitions);
    if (this.shown.add(id, text) || !this.held.linking.isHome()) void this.parts;
  }

  /** Counts the events for readers at once, and stores nothing: `apply` does, when the queue brings them. Says what became of each. */
  live(messages: AppliedMessage[], options: ApplyOptions = {}): ApplyResult['outcomes'] {
    return countLive(this.parts, messages, options);
  }

  /**
   * The person's profile as readers see it.
   *
   * @param via the linked ledger that the reader comes for; if it is not this person's, the reader is sent there.
   */
  async read(via?: Ledger, definitions?: WireDefinitions): Promise<PersonRead<ProfileView>> {
    return this.parts.linking.elsewhere(via) ?? (await this.readHere(definitions));
  }

  /** The person's last items. Writes nothing. `via` as for `read`. */
  readRecent(via?: Ledger): PersonRead<RecentItems> {
    return this.parts.linking.elsewhere(via) ?? this.readRecentHere();
  }

  /** As `readRecent`, with what the conditions of rules may ask. */
  async readWithFacts(via?: Ledger): Promise<PersonRead<RecentWithFacts>> {
    return this.parts.linking.elsewhere(via) ?? (await this.readWithFactsHere());
  }

  /** The ids of what is in the person's cart, newest first. Writes nothing. `via` as for `read`. */
  readCart(via?: Ledger): PersonRead<string[]> {
    return this.parts.linking.elsewhere(via) ?? this.readCartHere();
  }

  /**
   * Whether this ledger is so new that nobody but its own visitor can know it: nothing of it is stored, or its first event is of the last
   * minutes. Never after an erasure. Who first names it may then have its token.
   */
  isYoung(): boolean {
    const { memory } = this.parts;
    if (this.parts.tombstone()) return false;
    const { firstAt } = memory.profile().state;
    return memory.isNew() || firstAt > Date.now() - YOUNG_MS;
  }

  /** The profile of what this object holds, wherever its person's home is. Writes only when events have waited to be followed. */
  async readHere(definitions?: WireDefinitions): Promise<PersonPart<ProfileView>> {
    const { env, site, memory, follower } = this.parts;
    adoptDefinitions(site, definitions);
    // Read anew behind the answer, unless nothing is known yet.
    const newer = siteDefinitions(env, site);
    if (!knownDefinitions(site, Date.now())) await newer;
    if (follower.isBehind(knownDefinitions(site, Date.now())?.definitions)) this.live([]);
    const minute = Math.floor(Date.now() / MINUTE_MS);
    return memory.viewOf(minute, () => ({
      ...viewProfile(memory.seen(), minute * MINUTE_MS),
      ...follower.view(knownDefinitions(site, Date.now())?.definitions, Date.now()),
    }));
  }

  /** As `readHere`, the last items only. */
  readRecentHere(): PersonPart<RecentItems> {
    return this.parts.memory.recentItems();
  }

  /** As `readHere`, the last items and what rules may ask. */
  async readWithFactsHere(): Promise<PersonPart<RecentWithFacts>> {
    const { value: view } = await this.readHere();
    const { value, ...choices } = this.readRecentHere();
    return { ...choices, value: { ...value, facts: ruleFacts(view) } };
  }

  /** As `readHere`, the cart only. */
  readCartHere(): PersonPart<string[]> {
    return this.parts.memory.cart();
  }

  /**
   * Says to whom this ledger belongs. Answered when the old home has let go of it and the new one holds its snapshot, with all whose people that has
   * changed: once more to who asks again soon, as a consumer does that has died in between, and nobody to who says what is long known.
   */
  async assign(incoming: { readonly v: 1; readonly person: Ledger; readonly version: number }): Promise<Ledger[]> {
    const { linking } = this.parts;
    const before = linking.otherHomes();
    if (!this.parts.isOfBefore(incoming.version) && linking.assign(incoming)) {
      this.moved = { at: Date.now(), ledgers: [this.parts.ledger, ...before, ...linking.otherHomes()] };
      await this.upkeep.wakeBy(Date.now() + RETRY_MS);
    }
    await linking.finish();
    return Date.now() - this.moved.at < TELL_MOVED_MS ? [...new Set(this.moved.ledgers)] : [];
  }

  /** Takes the snapshot of a linked ledger; an old one changes nothing. */
  async receiveSnapshot(snapshot: SnapshotCall): Promise<void> {
    const { site, linking } = this.parts;
    if (this.parts.isOfBefore(snapshot.assignment)) return;
    adoptDefinitions(site, snapshot.definitions);
    const first = !linking.store().exist();
    const held = linking.received(snapshot);
    if (held) this.changeLinked(held, decodeState(snapshot.state).lastAt);
    await this.wakeForFollowing(first);
  }

  /** Shows readers what a linked ledger has counted and not stored yet. Stores nothing. */
  receiveLive(snapshot: SnapshotCall): void {
    if (this.parts.isOfBefore(snapshot.assignment)) return;
    if (this.parts.linking.receivedLive(snapshot)) this.parts.memory.forgetViews();
  }

  /** Lets go of a ledger that belongs elsewhere from this assignment on. */
  async releaseLedger(leave: LeaveCall): Promise<void> {
    const held = this.parts.linking.released(leave);
    if (held) this.changeLinked(held, Date.now());
    await this.wakeForFollowing(false);
  }

  /**
   * Erases all that this object holds, but for the fact that it did: no home keeps its snapshot, no event from before counts again. May
   * be called again.
   */
  async erase({ erasedAt, assignment, later }: Tombstone & { readonly v: 1 }): Promise<void> {
    const held = this.parts.tombstone();
    // What this erasure has left empty holds by now what came after it.
    if (held?.assignment === assignment && held.erasedAt === erasedAt) return this.parts.settle();
    const homes = this.parts.linking.otherHomes();
    this.parts.empty({ homes, assignment }, { erasedAt, assignment, later });
    // At once: an event that comes while the homes are asked sets it anew.
    const stopped = this.ctx.storage.deleteAlarm();
    await this.parts.settle();
    await stopped;
  }

  /** The ledger that is the person's home. */
  home(): Ledger {
    return this.parts.linking.home();
  }

  /** The ledgers of the person whose home this is: this one, and those that are linked. */
  ledgers(): Ledger[] {
    const { linking, ledger } = this.parts;
    return [
      ledger,
      ...linking
        .store()
        .present()
        .map((row) => row.ledger),
    ];
  }

  /** How the person stands in experiments; nowhere where his home is elsewhere. */
  standings(): PersonStandings {
    return this.parts.standings();
  }

  /** Counts the changes of the ledger, those that are not stored yet included. */
  version(): number {
    return this.parts.memory.profile().version;
  }

  /**
   * Replaces the profile by one that was made again from the ledger's history; what is remembered of ids stays. With `version` only if nothing
   * has changed since. Whether it was done: not while nobody can say what is defined, either.
   */
  async restore(made: MadeAgain & { readonly v: 1; readonly version?: number }): Promise<boolean> {
    const { memory } = this.parts;
    if (made.version !== undefined && made.version !== memory.profile().version) return false;
    const restored = await restoreProfile(this.parts, made);
    await this.wakeForFollowing(false);
    return restored;
  }

  /** Gives attributes the history from before they were defined. */
  async fillHistory(call: HistoryCall): Promise<readonly HistoryOutcome[]> {
    const outcomes = await fillHistory(this.parts, call);
    await this.wakeForFollowing(false);
    return outcomes;
  }

  /** The stored state as canonical text: equal sets of events give equal bytes. */
  exportState(): string {
    return encodeState(this.parts.memory.profile().state);
  }

  /** What is held of the ledger beside its state, as stored: attributes, segments with their transitions, the last client. */
  exportFollowing(): string | undefined {
    return encodeFollowing(this.parts.memory.profile().following);
  }

  override alarm(): Promise<void> {
    void this.parts;
    return this.upkeep.run();
  }

  /** Takes what a linked ledger has become, and follows the person's segments over it; one transaction. */
  private changeLinked(row: LinkedLedger, stampMs: number): void {
    const { site, memory, linking, follower } = this.parts;
    const now = Date.now();
    const known = knownDefinitions(site, now);
    const before = known !== undefined && follower.advanceTo(known.definitions, Math.min(stampMs, now));
    this.ctx.storage.transactionSync(() => {
      linking.store().saveLinked(row);
      memory.forgetViews();
      const after = known ? follower.reevaluateAt(known.definitions, stampMs, now) : follower.evaluateLater(now);
      if (after || before) memory.save();
    });
  }

  private async wakeForFollowing(first: boolean): Promise<void> {
    const { nextChangeAt, outbox } = this.parts.memory.profile().following;
    if (first || nextChangeAt !== null || outbox.length > 0) await this.upkeep.wakeBy(this.upkeep.nextDuty());
  }
}

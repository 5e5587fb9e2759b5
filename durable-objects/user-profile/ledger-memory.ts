import type { Ledger } from '../../core/identity/ledger.ts';
import type { PersonPart } from '../../core/profile/answers.ts';
import { choicesOf } from '../../core/profile/choices.ts';
import type { DedupLog } from '../../core/profile/dedup-log.ts';
import { decodeState } from '../../core/profile/encode-state.ts';
import { mergeStates } from '../../core/profile/merge-states.ts';
import { type RecentItems, recentItems } from '../../core/profile/recent-items.ts';
import type { ProfileState } from '../../core/profile/state.ts';
import { cartIds, type ProfileView } from '../../core/profile/view-profile.ts';
import type { Linking } from './linking.ts';
import { ProfileStore, type StoredProfile } from './profile-store.ts';

/** What an object holds in memory of its ledger and of the person whose home it is, with the way to storage and back. */
export class LedgerMemory {
  readonly store: ProfileStore;
  private readonly storage: DurableObjectStorage;
  private readonly links: () => Linking;
  private readonly self: () => Ledger;
  private stored: StoredProfile | undefined;
  private log: DedupLog | undefined;
  /** Whether memory holds events that storage does not. */
  private ahead = false;
  /** The version that storage has. */
  private storedVersion = 0;
  /** The states of all linked ledgers as one, which holds until any of them changes. */
  private merged: ProfileState | undefined;
  private mergedLive: ProfileState | undefined;
  /** The last full view and the last list of items that were read; they hold until the next change, the view to the end of its minute. */
  private view: { readonly minute: number; readonly part: PersonPart<ProfileView> } | undefined;
  private recent: PersonPart<RecentItems> | undefined;

  constructor(storage: DurableObjectStorage, links: () => Linking, self: () => Ledger) {
    this.storage = storage;
    this.store = new ProfileStore(storage);
    this.links = links;
    this.self = self;
  }

  profile(): StoredProfile {
    if (this.stored) return this.stored;
    this.stored = this.store.load();
    this.storedVersion = this.stored.version;
    return this.stored;
  }

  /** To be called after each change of the ledger: a new version, which storage does not have yet. */
  changed(): void {
    this.profile().version += 1;
    this.ahead = true;
    this.forgetViews();
  }

  isAhead(): boolean {
    return this.ahead;
  }

  /** Whether nothing of the profile was stored yet. */
  isNew(): boolean {
    this.profile();
    return this.storedVersion === 0;
  }

  dedup(): DedupLog {
    this.log ??= this.store.loadLog();
    return this.log;
  }

  /** This ledger's state and those linked to it, as one. */
  person(): ProfileState {
    this.merged ??= this.merge(this.links().store().present());
    return this.merged;
  }

  /** As `person`, with what linked ledgers have not stored yet: what readers see. */
  seen(): ProfileState {
    if (!this.links().hasLive()) return this.person();
    this.mergedLive ??= this.merge(this.links().presentLive());
    return this.mergedLive;
  }

  private merge(linked: readonly { readonly ledger: Ledger; readonly state: string }[]): ProfileState {
    const own = this.profile().state;
    if (linked.length === 0) return own;
    const states = [
      { ledger: this.self(), state: own },
      ...linked.map((row) => ({ ...row, state: decodeState(row.state) })),
    ];
    return mergeStates(states.sort((a, b) => (a.ledger < b.ledger ? -1 : 1)).map(({ state }) => state));
  }

  /** A part of the person's profile with his decisions on consent, if he made any. */
  part<T>(value: T): PersonPart<T> {
    const choices = choicesOf(this.seen().choices);
    return choices ? { value, choices } : { value };
  }

  recentItems(): PersonPart<RecentItems> {
    this.recent ??= this.part(recentItems(this.seen()));
    return this.recent;
  }

  cart(): PersonPart<string[]> {
    return this.part(cartIds(this.seen()));
  }

  /** The view of a minute, made by `make` when the last one is of another minute or of before a change. */
  viewOf(minute: number, make: () => ProfileView): PersonPart<ProfileView> {
    if (this.view?.minute !== minute) this.view = { minute, part: this.part(make()) };
    return this.view.part;
  }

  /** To be called with each change of the ledger or of a linked one. */
  forgetViews(): void {
    this.merged = undefined;
    this.mergedLive = undefined;
    this.view = undefined;
    this.recent = undefined;
  }

  /** Stores the profile. A write that fails leaves memory ahead of storage: memory is forgotten, so that the retry starts from what is stored. */
  save(): void {
    try {
      this.storage.transactionSync(() => this.store.save(this.profile(), this.dedup()));
      this.ahead = false;
      this.storedVersion = this.profile().version;
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Forgets remembered ids whose newest event is older than `beforeMs`; memory reads them anew. */
  forgetIds(beforeMs: number): void {
    if (this.ahead) this.save();
    this.store.forgetPages(beforeMs);
    this.log = undefined;
  }

  /** Forgets all that is in memory. */
  forget(): void {
    this.stored = undefined;
    this.log = undefined;
    this.ahead = false;
    this.storedVersion = 0;
    this.forgetViews();
  }
}

import type { Ledger } from '../../core/identity/ledger.ts';
import type { PersonPart } from '../../core/profile/answers.ts';
import { choicesOf } from '../../core/profile/choices.ts';
import type { DedupLog } from '../../core/profile/dedup-log.ts';
import { decodeState } from '../../core/profile/encode-state.ts';
import { mergeStates } from '../../core/profile/merge-states.ts';
import type { ProfileState } from '../../core/profile/state.ts';
import { type ProfileView, recentIds } from '../../core/profile/view-profile.ts';
import type { LinkStore } from './link-store.ts';
import { ProfileStore, type StoredProfile } from './profile-store.ts';

/** What an object holds in memory of its ledger and of the person whose home it is, with the way to storage and back. */
export class LedgerMemory {
  readonly store: ProfileStore;
  private readonly storage: DurableObjectStorage;
  private readonly links: () => LinkStore;
  private readonly self: () => Ledger;
  private stored: StoredProfile | undefined;
  private log: DedupLog | undefined;
  /** The states of all linked ledgers as one, which holds until any of them changes. */
  private merged: ProfileState | undefined;
  /** The last full view and the last list of items that were read; they hold until the next change, the view to the end of its minute. */
  private view: { readonly minute: number; readonly part: PersonPart<ProfileView> } | undefined;
  private recent: PersonPart<string[]> | undefined;

  constructor(storage: DurableObjectStorage, links: () => LinkStore, self: () => Ledger) {
    this.storage = storage;
    this.store = new ProfileStore(storage);
    this.links = links;
    this.self = self;
  }

  profile(): StoredProfile {
    this.stored ??= this.store.load();
    return this.stored;
  }

  dedup(): DedupLog {
    this.log ??= this.store.loadLog();
    return this.log;
  }

  /** This ledger's state and those linked to it, as one. */
  person(): ProfileState {
    if (this.merged) return this.merged;
    const own = this.profile().state;
    const linked = this.links().present();
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

  /** A part of the person's profile with his decisions on consent, if he made any. */
  part<T>(value: T): PersonPart<T> {
    const choices = choicesOf(this.person().choices);
    return choices ? { value, choices } : { value };
  }

  recentItems(): PersonPart<string[]> {
    this.recent ??= this.part(recentIds(this.person()));
    return this.recent;
  }

  /** The view of a minute, made by `make` when the last one is of another minute or of before a change. */
  viewOf(minute: number, make: () => ProfileView): PersonPart<ProfileView> {
    if (this.view?.minute !== minute) this.view = { minute, part: this.part(make()) };
    return this.view.part;
  }

  /** To be called with each change of the ledger or of a linked one. */
  forgetViews(): void {
    this.merged = undefined;
    this.view = undefined;
    this.recent = undefined;
  }

  /** Stores the profile. A write that fails leaves memory ahead of storage: memory is forgotten, so that the retry starts from what is stored. */
  save(): void {
    try {
      this.storage.transactionSync(() => this.store.save(this.profile(), this.dedup()));
    } catch (error) {
      this.forget();
      throw error;
    }
  }

  /** Forgets remembered ids whose newest event is older than `beforeMs`; memory reads them anew. */
  forgetIds(beforeMs: number): void {
    this.store.forgetPages(beforeMs);
    this.log = undefined;
  }

  /** Forgets all that is in memory. */
  forget(): void {
    this.stored = undefined;
    this.log = undefined;
    this.forgetViews();
  }
}

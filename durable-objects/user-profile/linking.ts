import type { WireDefinitions } from '../../core/attributes/wire-definitions.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import {
  type Assignment,
  acceptLeave,
  acceptLive,
  acceptSnapshot,
  type LinkedLedger,
  reassign,
  type Snapshot,
} from '../../core/identity/link-protocol.ts';
import { encodeState } from '../../core/profile/encode-state.ts';
import { encodeShared } from '../../core/segments/encode-following.ts';
import { LinkStore } from './link-store.ts';
import type { StoredProfile } from './profile-store.ts';

/** A snapshot on its way to the person's home. */
export interface SnapshotCall extends Snapshot {
  readonly v: 1;
  /** What the sender knows of the site's definitions. */
  readonly definitions?: WireDefinitions | undefined;
}

/** A ledger's word that it belongs elsewhere from this assignment on. */
export interface LeaveCall {
  readonly v: 1;
  readonly ledger: Ledger;
  readonly assignment: number;
}

/** The object whose ledger is linked, as far as linking needs it. */
interface LinkedObject {
  self(): Ledger;
  profile(): StoredProfile;
  /** Stores what memory is ahead of storage: a number that a home holds never comes again with another content. */
  persist(): void;
  definitions(): WireDefinitions | undefined;
  /** Calls the object of another ledger of the site. */
  call(ledger: Ledger): {
    receiveSnapshot(snapshot: SnapshotCall): Promise<unknown>;
    receiveLive(snapshot: SnapshotCall): Promise<unknown>;
    releaseLedger(leave: LeaveCall): Promise<unknown>;
  };
}

/** To whom a ledger belongs, what its home holds of it, and, where it is a home, what it holds of others. */
export class Linking {
  private readonly object: LinkedObject;
  private readonly storage: DurableObjectStorage;
  private links: LinkStore;
  private assignment: Assignment | undefined;
  /** The snapshot that the person's home is known to hold, as `<assignment>.<number>`. */
  private sent = '';
  /** What linked ledgers have counted and not stored yet: newer than the snapshots that this home holds, and held in memory only. */
  private readonly live = new Map<Ledger, LinkedLedger & { readonly state: string }>();

  constructor(storage: DurableObjectStorage, object: LinkedObject) {
    this.storage = storage;
    this.object = object;
    this.links = new LinkStore(storage);
    this.assignment = this.links.assignment();
  }

  store(): LinkStore {
    return this.links;
  }

  /** The ledgers that are linked now, as readers see them: with what they have not stored yet. */
  presentLive(): (LinkedLedger & { readonly state: string })[] {
    return this.links.present().map((row) => this.live.get(row.ledger) ?? row);
  }

  /** Whether readers see more of linked ledgers than is stored here. */
  hasLive(): boolean {
    return this.live.size > 0;
  }

  /** Whether anything was ever linked here or assigned. */
  exists(): boolean {
    return this.assignment !== undefined || this.links.exist();
  }

  /** What the ledgers linked here have shared. */
  shared(): (string | null | undefined)[] {
    return this.links.present().map(({ shared }) => shared);
  }

  version(): number {
    return this.assignment?.version ?? 0;
  }

  /** The ledger that is the person's home. */
  home(): Ledger {
    return this.assignment?.person ?? this.object.self();
  }

  isHome(): boolean {
    return this.home() === this.object.self();
  }

  /** Other ledgers that hold, or may still hold, a snapshot of this one. */
  otherHomes(): Ledger[] {
    return [this.home(), ...(this.assignment?.leaving ?? [])].filter((home) => home !== this.object.self());
  }

  /** The ledger to ask instead, when a reader comes for one that is not this person's, or the person's home is not here. */
  elsewhere(via: Ledger | undefined): { readonly elsewhere: Ledger } | undefined {
    const self = this.object.self();
    if (via !== undefined && via !== self && this.links.linked(via)?.state == null) return { elsewhere: via };
    return this.isHome() ? undefined : { elsewhere: this.home() };
  }

  /** Takes a newer assignment and stores it; whether it was one. */
  assign(incoming: { readonly person: Ledger; readonly version: number }): boolean {
    const next = reassign(this.object.self(), this.assignment, incoming);
    if (!next) return false;
    this.links.saveAssignment(next);
    this.assignment = next;
    return true;
  }

  /** What this home holds after a snapshot, or nothing when it holds a newer one. The caller stores it. */
  received(snapshot: Snapshot): LinkedLedger | undefined {
    const accepted = acceptSnapshot(this.links.linked(snapshot.ledger), snapshot);
    if (accepted) this.live.delete(snapshot.ledger);
    return accepted;
  }

  /** Takes what a linked ledger has not stored yet, for readers; whether it is news. */
  receivedLive(snapshot: Snapshot): boolean {
    const accepted = acceptLive(this.links.linked(snapshot.ledger), this.live.get(snapshot.ledger), snapshot);
    if (accepted) this.live.set(snapshot.ledger, snapshot);
    return accepted;
  }

  /** What this home holds after a ledger left, or nothing when a newer assignment brought it back. The caller stores it. */
  released(leave: LeaveCall): LinkedLedger | undefined {
    const accepted = acceptLeave(this.links.linked(leave.ledger), leave);
    if (accepted) this.live.delete(leave.ledger);
    return accepted;
  }

  /** Has former homes let go of this ledger and its present one hold its snapshot. */
  async finish(): Promise<void> {
    const { assignment } = this;
    if (assignment && assignment.leaving.length > 0) {
      const leave = { v: 1 as const, ledger: this.object.self(), assignment: assignment.version };
      await Promise.all(assignment.leaving.map((home) => this.object.call(home).releaseLedger(leave)));
      if (this.assignment === assignment) {
        this.assignment = { ...assignment, leaving: [] };
        this.links.saveAssignment(this.assignment);
      }
    }
    await this.sendSnapshot();
  }

  /** Sends this ledger's state to its person's home, unless that is here or has it. */
  async sendSnapshot(): Promise<void> {
    if (!this.assignment || this.isHome()) return;
    this.object.persist();
    const { name, home, snapshot } = this.snapshotFor(this.assignment);
    if (this.sent === name) return;
    await home.receiveSnapshot(snapshot);
    this.sent = name;
  }

  /** Shows readers at its person's home what this ledger has not stored yet. */
  async sendLive(): Promise<void> {
    if (!this.assignment || this.isHome()) return;
    const { name, home, snapshot } = this.snapshotFor(this.assignment);
    if (this.sent !== name) await home.receiveLive(snapshot);
  }

  private snapshotFor({ person, version }: Assignment) {
    const { state, version: number, following } = this.object.profile();
    const snapshot: SnapshotCall = {
      v: 1,
      ledger: this.object.self(),
      assignment: version,
      number,
      state: encodeState(state),
      shared: encodeShared(following),
      definitions: this.object.definitions(),
    };
    return { name: `${version}.${number}`, home: this.object.call(person), snapshot };
  }

  /** Forgets everything, after the object's storage was emptied. */
  forget(): void {
    this.links = new LinkStore(this.storage);
    this.assignment = undefined;
    this.sent = '';
    this.live.clear();
  }
}

import { hashLedger } from '../../core/identity/hash-ledger.ts';
import type { Ledger } from '../../core/identity/ledger.ts';
import { PERSON_LENGTH, type PersonStandings } from '../../core/profile/person-standings.ts';
import { standingsOf } from '../../core/profile/standing.ts';
import { laterTombstone, type Tombstone } from '../../core/profile/tombstone.ts';
import { knownDefinitions } from '../../stores/config/definitions.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { dropEverything } from '../storage/migrate.ts';
import { type Farewell, Farewells } from './farewell.ts';
import { Follower } from './follower.ts';
import { LedgerMemory } from './ledger-memory.ts';
import { Linking } from './linking.ts';
import { TombstoneStore } from './tombstone-store.ts';

/** What one profile's object is made of: memory and storage of its ledger, its links, what follows its segments, its tombstone. */
export class Parts {
  readonly ctx: DurableObjectState;
  readonly env: Env;
  readonly linking: Linking;
  readonly memory: LedgerMemory;
  readonly follower: Follower;
  readonly farewells: Farewells;
  private readonly tombstones: TombstoneStore;
  private lastWordAt = 0;
  /** Read when it is first needed: a read of the profile needs none. */
  private held: { readonly tombstone: Tombstone | undefined } | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    this.ctx = ctx;
    this.env = env;
    this.tombstones = new TombstoneStore(ctx.storage);
    this.farewells = new Farewells(ctx.storage);
    this.linking = new Linking(ctx.storage, {
      self: () => this.ledger,
      profile: () => this.memory.profile(),
      persist: () => {
        if (this.memory.isAhead()) this.memory.save();
      },
      definitions: () => knownDefinitions(this.site, Date.now())?.wire,
      call: (ledger) => profileStub(env, this.site, ledger),
    });
    this.memory = new LedgerMemory(
      ctx.storage,
      () => this.linking,
      () => this.ledger,
    );
    this.follower = new Follower({
      following: () => this.memory.profile().following,
      person: () => this.memory.person(),
      shared: () => this.linking.shared(),
      isHome: () => this.linking.isHome(),
    });
  }

  get site(): string {
    return this.name.slice(0, this.name.indexOf('/'));
  }

  get ledger(): Ledger {
    return this.name.slice(this.name.indexOf('/') + 1) as Ledger;
  }

  /** How the person stands in experiments; nowhere where his home is elsewhere. Each word is later than the one before. */
  standings(): PersonStandings {
    this.lastWordAt = Math.max(Date.now(), this.lastWordAt + 1);
    const standings = this.linking.isHome() ? standingsOf(this.memory.person()) : [];
    const person = hashLedger(this.site, this.ledger).slice(0, PERSON_LENGTH);
    return { person, at: this.lastWordAt, standings, complete: false };
  }

  /** What an erasure has left here, if there was one. */
  tombstone(): Tombstone | undefined {
    this.held ??= { tombstone: this.tombstones.load() };
    return this.held.tombstone;
  }

  /** Whether a link, or what was sent under it, is of before the last erasure. */
  isOfBefore(assignment: number): boolean {
    return assignment <= (this.tombstone()?.assignment ?? 0);
  }

  /**
   * Drops everything in one transaction, but for the tombstone, where a new one takes the place of an older one, and for what is owed to
   * others: whoever calls settles that next. Nobody is asked before, so that no event is counted into what is about to be dropped.
   */
  empty(farewell: Farewell, tombstone?: Tombstone): void {
    const left = tombstone ? laterTombstone(this.tombstone(), tombstone) : this.tombstone();
    const owed = this.farewells.owed();
    this.ctx.storage.transactionSync(() => {
      dropEverything(this.ctx.storage);
      if (left) this.tombstones.save(left);
      this.farewells.owe(owed, farewell);
    });
    this.held = { tombstone: left };
    this.linking.forget();
    this.memory.forget();
  }

  /** Has homes let go of a ledger that was emptied, and its links forgotten. */
  settle(): Promise<void> {
    return this.farewells.settle(this.env, this.site, this.ledger);
  }

  /** The object's name, `<site>/<ledger>`; sites' ids have no slash. */
  private get name(): string {
    return this.ctx.id.name ?? '';
  }
}

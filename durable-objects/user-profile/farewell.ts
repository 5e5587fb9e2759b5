import type { Ledger } from '../../core/identity/ledger.ts';
import { forgetLinks } from '../../stores/links/link-graph.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';

const KEY = 'farewell';

/** What a ledger that was emptied still owes to others. */
export interface Farewell {
  /** Ledgers that may hold its snapshot. */
  readonly homes: readonly Ledger[];
  /** Under which assignment it left them: a newer one brings it back. */
  readonly assignment: number;
  /** Time of the last event that it knew, ms since 1970: the links of until then go with it. Absent when another job drops them. */
  readonly linksUntil?: number;
}

/** Remembers what is owed until it was done, so that a ledger can be emptied at once, before anybody else is asked. */
export class Farewells {
  private readonly storage: DurableObjectStorage;

  constructor(storage: DurableObjectStorage) {
    this.storage = storage;
  }

  owed(): Farewell | undefined {
    return this.storage.kv.get<Farewell>(KEY);
  }

  /** Adds to what is owed, in the transaction of the caller, which may have dropped `before`. */
  owe(before: Farewell | undefined, { homes, assignment, linksUntil }: Farewell): void {
    const links = [before?.linksUntil, linksUntil].filter((time) => time !== undefined);
    const owed: Farewell = {
      homes: [...new Set([...(before?.homes ?? []), ...homes])],
      assignment: Math.max(before?.assignment ?? 0, assignment),
      ...(links.length > 0 && { linksUntil: Math.max(...links) }),
    };
    if (owed.homes.length > 0 || owed.linksUntil !== undefined) this.storage.kv.put(KEY, owed);
  }

  /** Does what is owed to the homes and links of `ledger`. May be called again; what comes to be owed meanwhile stays. */
  async settle(env: Env, site: string, ledger: Ledger): Promise<void> {
    const owed = this.owed();
    if (!owed) return;
    const { homes, assignment, linksUntil } = owed;
    const leave = { v: 1 as const, ledger, assignment };
    await Promise.all(homes.map((home) => profileStub(env, site, home).releaseLedger(leave)));
    if (linksUntil !== undefined) await forgetLinks(env, site, ledger, linksUntil);
    if (JSON.stringify(this.owed()) === JSON.stringify(owed)) this.storage.kv.delete(KEY);
  }
}

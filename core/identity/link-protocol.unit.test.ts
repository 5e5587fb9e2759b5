import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../ops/seeded-random.ts';
import { eventSets, NOW } from '../../test/material/arbitrary-events.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { applyMessages } from '../profile/apply-messages.ts';
import { DedupLog } from '../profile/dedup-log.ts';
import { decodeState, encodeState } from '../profile/encode-state.ts';
import { foldEvent } from '../profile/fold-event.ts';
import { mergeStates } from '../profile/merge-states.ts';
import { emptyState, type ProfileState } from '../profile/state.ts';
import { isErased, laterTombstone, type Tombstone } from '../profile/tombstone.ts';
import type { Ledger } from './ledger.ts';
import {
  type Assignment,
  acceptLeave,
  acceptSnapshot,
  type LinkedLedger,
  reassign,
  type Snapshot,
} from './link-protocol.ts';

const HORIZON_DAYS = 14;
const DEVICES: readonly Ledger[] = ['a/phone', 'a/desk', 'a/tv'];
const HOMES: readonly Ledger[] = ['u/ann', 'u/ben'];

/** A ledger, and a home of others, as the objects are, but with the messages between them in the test's hands. */
class LedgerModel {
  state: ProfileState = emptyState();
  private log = new DedupLog([], new Uint8Array(0));
  private tombstone: Tombstone | undefined;
  readonly linked = new Map<Ledger, LinkedLedger>();
  assignment: Assignment | undefined;
  private number = 0;
  readonly self: Ledger;

  constructor(self: Ledger) {
    this.self = self;
  }

  apply(id: string, events: readonly EnrichedEvent[]): void {
    const messages = [{ id, events: [...events] }];
    const { changed } = applyMessages(this.state, this.log, messages, NOW, HORIZON_DAYS, this.tombstone);
    if (changed) this.number += 1;
  }

  snapshot(): { readonly to: Ledger; readonly snapshot: Snapshot } | undefined {
    const { assignment, self: ledger } = this;
    if (!assignment || assignment.person === ledger) return undefined;
    const state = encodeState(this.state);
    return { to: assignment.person, snapshot: { ledger, assignment: assignment.version, number: this.number, state } };
  }

  assign(person: Ledger, version: number): void {
    if (version <= (this.tombstone?.assignment ?? 0)) return;
    this.assignment = reassign(this.self, this.assignment, { person, version }) ?? this.assignment;
  }

  keep(row: LinkedLedger | undefined): void {
    if (row) this.linked.set(row.ledger, row);
  }

  /** As the object does: everything goes but the tombstone; returns the homes that must let go first. */
  erase(incoming: Tombstone): readonly Ledger[] {
    const homes = [this.assignment?.person ?? this.self, ...(this.assignment?.leaving ?? [])];
    this.tombstone = laterTombstone(this.tombstone, incoming);
    this.state = emptyState();
    this.log = new DedupLog([], new Uint8Array(0));
    this.linked.clear();
    this.assignment = undefined;
    return homes.filter((home) => home !== this.self);
  }

  /** Takes a snapshot that somebody sent. */
  receive(snapshot: Snapshot): void {
    if (snapshot.assignment <= (this.tombstone?.assignment ?? 0)) return;
    this.keep(acceptSnapshot(this.linked.get(snapshot.ledger), snapshot));
  }

  person(): string {
    const linked = [...this.linked.values()].flatMap(({ ledger, state }) =>
      state === null ? [] : [{ ledger, state: decodeState(state) }],
    );
    const all = [{ ledger: this.self, state: this.state }, ...linked];
    return encodeState(mergeStates(all.sort((a, b) => (a.ledger < b.ledger ? -1 : 1)).map(({ state }) => state)));
  }
}

/** What the persons must be: all events of the ledgers that belong to them, each once, folded in one go. */
function oracle(events: ReadonlyMap<Ledger, Set<EnrichedEvent>>, home: Ledger, belongs: ReadonlyMap<Ledger, Ledger>) {
  const ledgers = [home, ...DEVICES.filter((device) => belongs.get(device) === home)].sort();
  return encodeState(
    mergeStates(
      ledgers.map((ledger) => {
        const state = emptyState();
        for (const event of events.get(ledger) ?? []) foldEvent(state, event, HORIZON_DAYS);
        return state;
      }),
    ),
  );
}

describe('linked ledgers', () => {
  it('make the persons of a plain model, whatever is linked, unlinked or erased, and comes twice, late or in another order', () => {
    fc.assert(
      fc.property(eventSets, fc.integer(), (events, seed) => {
        const random = seededRandom(seed);
        const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
        const ledgers = new Map([...DEVICES, ...HOMES].map((ledger) => [ledger, new LedgerModel(ledger)]));
        const at = (ledger: Ledger) => ledgers.get(ledger) as LedgerModel;
        const seen = new Map([...ledgers.keys()].map((ledger) => [ledger, new Set<EnrichedEvent>()]));
        const belongs = new Map<Ledger, Ledger>();
        const owner = new Map<EnrichedEvent, Ledger>();
        /** Everything on its way: each may arrive any number of times, in any order. */
        const underway: (() => void)[] = [];
        const send = (ledger: Ledger) => {
          const sent = at(ledger).snapshot();
          if (sent) underway.push(() => at(sent.to).receive(sent.snapshot));
        };
        const settle = (ledger: Ledger) => {
          const { assignment } = at(ledger);
          for (const home of assignment?.leaving ?? []) {
            const leave = { ledger, assignment: assignment?.version ?? 0 };
            underway.push(() => at(home).keep(acceptLeave(at(home).linked.get(ledger), leave)));
          }
          send(ledger);
        };
        let version = 0;
        const erased = new Map<Ledger, Tombstone>();
        for (let step = 0; step < 60; step += 1) {
          const chance = random();
          if (chance < 0.5) {
            const event = pick(events);
            const ledger = owner.get(event) ?? pick([...ledgers.keys()]);
            owner.set(event, ledger);
            if (!isErased(erased.get(ledger), event.time)) seen.get(ledger)?.add(event);
            at(ledger).apply(`m${step}`, [event]);
            send(ledger);
          } else if (chance < 0.7) {
            const device = pick(DEVICES);
            const home = pick([...HOMES, device]);
            version += 1;
            belongs.set(device, home);
            const given = version;
            underway.push(() => {
              at(device).assign(home, given);
              settle(device);
            });
          } else if (chance < 0.73) {
            // A person is erased: his home and what belongs to it, up to some moment of the log.
            version += 1;
            const home = pick(HOMES);
            const tombstone = {
              erasedAt: NOW - Math.floor(random() * 14) * 86_400_000,
              assignment: version,
              later: 'anew' as const,
            };
            for (const ledger of [home, ...DEVICES.filter((device) => belongs.get(device) === home)]) {
              const leave = { ledger, assignment: version };
              for (const other of at(ledger).erase(tombstone))
                underway.push(() => at(other).keep(acceptLeave(at(other).linked.get(ledger), leave)));
              erased.set(ledger, tombstone);
              seen.set(ledger, new Set());
              belongs.delete(ledger);
            }
          } else if (underway.length > 0) {
            pick(underway)();
          }
        }
        // In the end each change has been told once more than it may have got lost, and everything sent has arrived.
        while (underway.length > 0) {
          const [arrives] = underway.splice(Math.floor(random() * underway.length), 1);
          arrives?.();
        }
        for (const home of HOMES) expect(at(home).person()).toBe(oracle(seen, home, belongs));
      }),
      { numRuns: 1_000 },
    );
  });
});

import { createHash } from 'node:crypto';

/**
 * Bytes of an entry: id (96 bits of SHA-256), content fingerprint (32), owner (64 bits of SHA-256 of the message id),
 * event time in seconds (32). By the birthday bound two of 200,000 ids of one ledger share 96 bits with a probability of 3e-19.
 */
export const ENTRY_BYTES = 28;
const WORDS = ENTRY_BYTES / 4;
/** Slots of the smallest table: most visitors have few events, and an isolate holds many visitors. */
const MIN_TABLE = 64;
/** Entries in the tail before it becomes a page of its own. */
const PAGE_ENTRIES = 256;

/** An event's time as the log keeps it, ms since 1970. */
export function wholeSecond(time: number): number {
  return Math.floor(time / 1_000) * 1_000;
}

/** What the log says about an event. */
export type Seen =
  | { readonly known: false }
  | { readonly known: true; readonly sameContent: boolean; readonly owned: boolean };

/**
 * The ids that a ledger has counted, exactly, as an append-only log: sealed pages that never change and a short tail. The
 * whole is searched through a hash table over the entries, built when the first batch after a wake-up comes.
 */
export class DedupLog {
  private words: Uint32Array;
  private table: Uint32Array;
  private count = 0;
  private readonly idDigest = rememberingDigest();
  private readonly ownerDigest = rememberingDigest();
  private tailFrom = 0;

  constructor(pages: readonly Uint8Array[], tail: Uint8Array) {
    const sealed = pages.reduce((sum, page) => sum + page.byteLength / ENTRY_BYTES, 0);
    const total = sealed + tail.byteLength / ENTRY_BYTES;
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(total * 2, MIN_TABLE)));
    this.words = new Uint32Array((capacity / 2) * WORDS);
    this.table = new Uint32Array(capacity);
    const bytes = new Uint8Array(this.words.buffer);
    let offset = 0;
    for (const part of [...pages, tail]) {
      bytes.set(part, offset);
      offset += part.byteLength;
    }
    for (let entry = 0; entry < total; entry += 1) this.index(entry);
    this.count = total;
    this.tailFrom = sealed;
  }

  /** Entries held. */
  get size(): number {
    return this.count;
  }

  /** Looks an event up. `owned`: it was counted under this very message. */
  look(eventId: string, fingerprint: number, messageId: string): Seen {
    const id = this.idDigest(eventId);
    const entry = this.find(id[0] ?? 0, id[1] ?? 0, id[2] ?? 0);
    if (entry < 0) return { known: false };
    const at = entry * WORDS;
    const owner = this.ownerDigest(messageId);
    return {
      known: true,
      sameContent: this.words[at + 3] === fingerprint >>> 0,
      owned: this.words[at + 4] === owner[0] && this.words[at + 5] === owner[1],
    };
  }

  /** Adds an event that `look` did not know. `time` in ms since 1970. */
  add(eventId: string, fingerprint: number, messageId: string, time: number): void {
    if ((this.count + 1) * 2 > this.table.length) this.grow();
    const id = this.idDigest(eventId);
    const owner = this.ownerDigest(messageId);
    const entry = [id[0], id[1], id[2], fingerprint, owner[0], owner[1], Math.floor(time / 1000)];
    this.words.set(
      entry.map((word) => (word ?? 0) >>> 0),
      this.count * WORDS,
    );
    this.index(this.count);
    this.count += 1;
  }

  /** How many of the entries happened from one time on and before another, both in ms since 1970, by whole seconds: `wholeSecond` of their times. */
  countBetween(from: number, until: number): number {
    let count = 0;
    for (let entry = 0; entry < this.count; entry += 1) {
      const time = (this.words[entry * WORDS + 6] ?? 0) * 1_000;
      if (time >= from && time < until) count += 1;
    }
    return count;
  }

  /** The entries after the last sealed page, to be stored with the state. */
  tail(): Uint8Array {
    return this.bytes(this.tailFrom);
  }

  /** Once the tail is long enough: the tail as a page to be stored, with its newest event time in seconds; it is then empty. */
  seal(): { readonly entries: Uint8Array; readonly newestSeconds: number } | undefined {
    if (this.count - this.tailFrom < PAGE_ENTRIES) return undefined;
    let newestSeconds = 0;
    for (let entry = this.tailFrom; entry < this.count; entry += 1) {
      newestSeconds = Math.max(newestSeconds, this.words[entry * WORDS + 6] ?? 0);
    }
    const entries = this.bytes(this.tailFrom);
    this.tailFrom = this.count;
    return { entries, newestSeconds };
  }

  private bytes(from: number): Uint8Array {
    return new Uint8Array(this.words.buffer, from * ENTRY_BYTES, (this.count - from) * ENTRY_BYTES).slice();
  }

  private find(a: number, b: number, c: number): number {
    const mask = this.table.length - 1;
    for (let slot = a & mask; ; slot = (slot + 1) & mask) {
      const entry = (this.table[slot] ?? 0) - 1;
      if (entry < 0) return -1;
      const at = entry * WORDS;
      if (this.words[at] === a && this.words[at + 1] === b && this.words[at + 2] === c) return entry;
    }
  }

  private index(entry: number): void {
    const mask = this.table.length - 1;
    let slot = (this.words[entry * WORDS] ?? 0) & mask;
    while (this.table[slot] !== 0) slot = (slot + 1) & mask;
    this.table[slot] = entry + 1;
  }

  private grow(): void {
    const words = new Uint32Array(this.table.length * WORDS);
    words.set(this.words.subarray(0, this.count * WORDS));
    this.words = words;
    this.table = new Uint32Array(this.table.length * 2);
    for (let entry = 0; entry < this.count; entry += 1) this.index(entry);
  }
}

/** Digests texts; the same text again, as from `look` to `add` and from event to event of a message, costs nothing. */
function rememberingDigest(): (text: string) => Uint32Array {
  let last = '';
  let words = digest(last);
  return (text) => {
    if (text !== last) {
      last = text;
      words = digest(text);
    }
    return words;
  };
}

function digest(text: string): Uint32Array {
  const bytes = createHash('sha256').update(text).digest();
  return new Uint32Array([bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8)]);
}

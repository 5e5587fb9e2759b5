import { gunzipSync, gzipSync } from 'node:zlib';
import { decodeJournal, encodeJournal, type JournalEntry } from '../../core/reconciliation/journal.ts';

/** Entries as a BLOB of D1. */
export function packEntries(entries: readonly JournalEntry[]): ArrayBuffer {
  const bytes = gzipSync(encodeJournal(entries));
  const copy = new ArrayBuffer(bytes.byteLength);
  new Uint8Array(copy).set(bytes);
  return copy;
}

/** The entries of a BLOB, which D1 gives as numbers. */
export function unpackEntries(blob: readonly number[] | null): JournalEntry[] {
  return blob === null ? [] : decodeJournal(gunzipSync(Uint8Array.from(blob)).toString());
}

import { gunzipSync, gzipSync } from 'node:zlib';
import { bufferOf } from '../../core/buffer-of.ts';
import { decodeJournal, encodeJournal, type JournalEntry } from '../../core/reconciliation/journal.ts';

/** Entries as a BLOB of D1. */
export function packEntries(entries: readonly JournalEntry[]): ArrayBuffer {
  const bytes = gzipSync(encodeJournal(entries));
  return bufferOf(bytes);
}

/** The entries of a BLOB, which D1 gives as numbers. */
export function unpackEntries(blob: readonly number[] | null): JournalEntry[] {
  return blob === null ? [] : decodeJournal(gunzipSync(Uint8Array.from(blob)).toString());
}

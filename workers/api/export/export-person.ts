import { z } from 'zod';
import type { Ledger } from '../../../core/identity/ledger.ts';
import { plain } from '../../../core/json/plain.ts';
import type { RawEvent } from '../../../core/lake/raw-object.ts';
import { decodeState } from '../../../core/profile/encode-state.ts';
import { readableState } from '../../../core/profile/readable-state.ts';
import { decodeFollowing } from '../../../core/segments/encode-following.ts';
import { ledgerEvents } from '../../../stores/lake/ledger-events.ts';
import { listPartitions } from '../../../stores/lake/partitions.ts';
import { listRaw, readRaw } from '../../../stores/lake/raw-objects.ts';
import { profileStub } from '../../../stores/objects/profile-stub.ts';
import { selectIn } from '../../../stores/statements.ts';

/** Hours and raw objects of the lake that one answer reads; what is left follows under the cursor. */
const PARTS_PER_ANSWER = 400;
/** Whose data is exported. */
export interface Exported {
  readonly users: readonly string[];
  readonly ledgers: readonly Ledger[];
}

/** One line of an export. */
export type ExportLine =
  | {
      readonly kind: 'profile';
      readonly ledger: string;
      readonly state: unknown;
      /** Attributes and segments with their transitions, and the last client. */
      readonly following: unknown;
    }
  | { readonly kind: 'link'; readonly [column: string]: unknown }
  | { readonly kind: 'order'; readonly [column: string]: unknown }
  | { readonly kind: 'mention'; readonly [column: string]: unknown }
  | { readonly kind: 'webhook_failure'; readonly [column: string]: unknown }
  | { readonly kind: 'failed_event'; readonly [column: string]: unknown }
  | { readonly kind: 'event'; readonly event: RawEvent }
  | { readonly kind: 'continue'; readonly cursor: string }
  | { readonly kind: 'end'; readonly lines: number };

/** Where an export goes on: the hour of the Parquet files, then the key of the raw object, from which on nothing was read. */
const cursorSchema = z.union([z.strictObject({ hour: z.int() }), z.strictObject({ raw: z.string() })]);
export type Cursor = z.infer<typeof cursorSchema>;

/** Reads a cursor that an export gave. */
export function parseCursor(text: string): Cursor | undefined {
  try {
    return cursorSchema.safeParse(JSON.parse(atob(text))).data;
  } catch {
    return undefined;
  }
}

/**
 * Everything that is held of a person, line by line: profiles and their rows first, then his events from the lake, those that are not
 * compacted yet at the end; an event may stand in both. Ends with `end`, or with `continue` and the cursor to ask with again.
 */
export async function* exportPerson(
  env: Env,
  site: string,
  whom: Exported,
  from: Cursor | undefined,
): AsyncGenerator<ExportLine> {
  let lines = 0;
  const parts = from ? lakeFrom(env, site, whom, from) : everything(env, site, whom);
  for await (const line of parts) {
    lines += 1;
    yield line;
    if (line.kind === 'continue') return;
  }
  yield { kind: 'end', lines };
}

async function* everything(env: Env, site: string, whom: Exported): AsyncGenerator<ExportLine> {
  for (const ledger of whom.ledgers) {
    const stub = profileStub(env, site, ledger);
    const [state, following] = await Promise.all([stub.exportState(), stub.exportFollowing()]);
    const { states, client, followed, recent } = decodeFollowing(following);
    yield {
      kind: 'profile',
      ledger,
      state: readableState(decodeState(state)),
      following: { attributes: plain(states), segments: plain(followed), transitions: recent, client },
    };
  }
  yield* rows(env, site, whom);
  yield* lakeFrom(env, site, whom, { hour: 0 });
}

async function* rows(env: Env, site: string, { users, ledgers }: Exported): AsyncGenerator<ExportLine> {
  const select = (table: string, column: string, values: readonly string[]) =>
    selectIn(env, (marks) => `SELECT * FROM ${table} WHERE site = ? AND ${column} IN (${marks})`, [site], values);
  for (const row of await select('device_links', 'ledger', ledgers)) yield { kind: 'link', ...row };
  for (const row of await select('user_links', 'user_id', users)) yield { kind: 'link', ...row };
  for (const row of await select('orders', 'ledger', ledgers)) yield { kind: 'order', ...row };
  for (const row of await select('user_mentions', 'ledger', ledgers)) yield { kind: 'mention', ...row };
  for (const row of await select('webhook_failures', 'ledger', ledgers))
    yield { kind: 'webhook_failure', ...row, message: JSON.parse(String(row.message)) };
  const failed = [
    ...(await select('failed_events', 'ledger', ledgers)),
    ...(await select('failed_events', 'user_ledger', ledgers)),
  ];
  for (const row of failed) {
    const [key = '', index] = String(row.payload).split('#');
    const held = await (await env.LAKE.get(key))?.json<unknown[]>();
    yield { kind: 'failed_event', ...row, payload: held?.[Number(index)] };
  }
}

async function* lakeFrom(env: Env, site: string, { ledgers }: Exported, from: Cursor): AsyncGenerator<ExportLine> {
  let left = PARTS_PER_ANSWER;
  if ('hour' in from) {
    const partitions = await listPartitions(env, site, from.hour, undefined, left + 1);
    for (const { hour, files } of partitions) {
      if (left <= 0) return yield continueAt({ hour });
      for (const file of files)
        for (const event of await ledgerEvents(env, site, file, ledgers)) yield { kind: 'event', event };
      left -= 1;
    }
  }
  const own = new Set<string>(ledgers);
  let after = 'raw' in from ? from.raw : '';
  for await (const { key } of listRaw(env, site, after || undefined)) {
    if (left <= 0) return yield continueAt({ raw: after });
    const raw = await readRaw(env, key);
    for (const event of raw?.events ?? []) if (own.has(event.ledger)) yield { kind: 'event', event };
    after = key;
    left -= 1;
  }
}

function continueAt(cursor: Cursor): ExportLine {
  return { kind: 'continue', cursor: btoa(JSON.stringify(cursor)) };
}

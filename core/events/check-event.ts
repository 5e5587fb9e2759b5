import type { z } from 'zod';
import { idText } from '../identity/id-text.ts';
import { found, isRecord } from '../json/values.ts';
import { IMPORT_EVENT, importedTraitsSchema } from './imported-traits.ts';
import { userIdSchema } from './person-ids.ts';
import { readProperties } from './read-properties.ts';
import { type WireEvent, wireEventSchema } from './wire-event.ts';

/** Why an event was refused; `message` says what was wrong, where, and what would be right. */
export interface Refusal {
  readonly code:
    | 'invalid_envelope'
    | 'invalid_properties'
    | 'odd_event'
    | 'schema_violation'
    | 'too_large'
    | 'too_deep'
    | 'late'
    | 'erased'
    | 'conflict'
    | 'quota'
    | 'proof_required'
    | 'proof_invalid'
    | 'secret_key_required'
    | 'invalid_consent'
    | 'no_consent'
    | 'bot';
  readonly message: string;
  /** The version of the schema that the event does not keep to. */
  readonly schemaVersion?: number | undefined;
}

/** An event as it is meant, with a word on each field that was left out or changed; or why it is none. */
export type CheckedEvent =
  | { readonly ok: true; readonly event: WireEvent; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly refusal: Refusal };

type Members = Record<string, unknown>;

/** Types that are about a user: without a usable id of one they say nothing. */
const ABOUT_USERS: ReadonlySet<unknown> = new Set(['identify', 'alias']);

/** Checks one event of a request: its envelope, then the properties of a built-in type. What can be understood is taken as it is meant. */
export function checkEvent(candidate: unknown): CheckedEvent {
  const warnings: string[] = [];
  const envelope = wireEventSchema.safeParse(isRecord(candidate) ? meantEnvelope(candidate, warnings) : candidate);
  if (!envelope.success) return refuse('invalid_envelope', [...messagesOf(envelope.error, ''), ...warnings]);
  const event = envelope.data;
  const missing = missingId(event);
  if (missing) return refuse('invalid_envelope', [missing, ...warnings]);
  if (event.type === IMPORT_EVENT) {
    const traits = importedTraitsSchema.safeParse(event.properties ?? {});
    if (!traits.success) return refuse('invalid_properties', messagesOf(traits.error, 'properties.'));
  }
  const read = event.type === 'alias' ? readAlias(event) : readProperties(event.type, event.properties);
  if ('fault' in read) return refuse('invalid_properties', [read.fault]);
  const properties = read.properties as WireEvent['properties'];
  return {
    ok: true,
    event: properties === event.properties ? event : { ...event, properties },
    warnings: [...warnings, ...read.warnings],
  };
}

/** The envelope with ids as texts, and without what is empty or identifies nobody; the very one that was sent where nothing is to change. */
function meantEnvelope(given: Members, warnings: string[]): Members {
  let changed: Members | undefined;
  const set = (name: string, value: unknown) => {
    changed ??= { ...given };
    if (value === undefined) delete changed[name];
    else changed[name] = value;
  };
  const leaveOut = (name: string, why: string) => {
    set(name, undefined);
    warnings.push(`${name}: left out; ${why}`);
  };
  if (Number.isSafeInteger(given.id)) set('id', String(given.id));
  if (typeof given.occurredAt === 'number') {
    // Seconds until the year 5138 are less than milliseconds since 1973.
    const time = new Date(given.occurredAt < 1e11 ? given.occurredAt * 1_000 : given.occurredAt);
    if (Number.isFinite(time.getTime())) set('occurredAt', time.toISOString());
  }
  const ids = { anonymousId: readId('anonymousId'), userId: readId('userId') };
  if (ids.userId !== undefined && ids.anonymousId !== undefined && !ABOUT_USERS.has(given.type)) {
    const fault = userIdSchema.safeParse(ids.userId).error;
    if (fault) leaveOut('userId', messagesOf(fault, '').join('; '));
  }
  for (const name of ['properties', 'context']) {
    const value = given[name];
    if (value === null || (Array.isArray(value) && value.length === 0)) set(name, undefined);
    else if (value !== undefined && !isRecord(value)) leaveOut(name, 'expected an object');
  }
  if (given.proof === null || given.proof === '') set('proof', undefined);
  return changed ?? given;

  function readId(name: 'anonymousId' | 'userId'): string | undefined {
    const value = given[name];
    if (value === undefined) return undefined;
    const id = idText(value);
    if (value === null) set(name, undefined);
    else if (id === undefined) leaveOut(name, `${found(value)}, which identifies nobody`);
    else if (id !== value) set(name, id);
    return id;
  }
}

function readAlias(event: WireEvent): ReturnType<typeof readProperties> {
  const previous = userIdSchema.safeParse(idText(event.properties?.previous_id));
  if (!previous.success)
    return { fault: 'properties.previous_id: expected the other user id, 1–128 visible characters' };
  return { properties: { ...event.properties, previous_id: previous.data }, warnings: [] };
}

function missingId({ type, anonymousId, userId }: WireEvent): string | undefined {
  if (anonymousId === undefined && userId === undefined)
    return 'anonymousId: an event must say whose it is, by anonymousId or userId.';
  if (ABOUT_USERS.has(type) && userId === undefined) return `userId: an ${type} event must say who it is.`;
  return undefined;
}

function messagesOf(error: z.ZodError, prefix: string): string[] {
  return error.issues.slice(0, 5).map((issue) => `${prefix}${issue.path.join('.') || '(event)'}: ${issue.message}`);
}

function refuse(code: Refusal['code'], messages: readonly string[]): CheckedEvent {
  return { ok: false, refusal: { code, message: messages.join('; ') } };
}

import type { z } from 'zod';
import { BUILTIN_PROPERTIES } from './builtin-types.ts';
import { type WireEvent, wireEventSchema } from './wire-event.ts';

/** Why an event was refused; `message` says what was wrong, where, and what would be right. */
export interface Refusal {
  readonly code:
    | 'invalid_envelope'
    | 'invalid_properties'
    | 'too_large'
    | 'too_deep'
    | 'late'
    | 'conflict'
    | 'quota'
    | 'proof_required'
    | 'proof_invalid'
    | 'secret_key_required'
    | 'invalid_consent'
    | 'no_consent';
  readonly message: string;
}

export type CheckedEvent =
  | { readonly ok: true; readonly event: WireEvent }
  | { readonly ok: false; readonly refusal: Refusal };

const builtin: Readonly<Record<string, z.ZodType>> = BUILTIN_PROPERTIES;

/** Checks one event of a request: its envelope, then the properties of a built-in type. */
export function checkEvent(candidate: unknown): CheckedEvent {
  const envelope = wireEventSchema.safeParse(candidate);
  if (!envelope.success) return refuse('invalid_envelope', envelope.error, '');
  const event = envelope.data;
  const missing = missingId(event);
  if (missing) return { ok: false, refusal: { code: 'invalid_envelope', message: missing } };
  const schema = Object.hasOwn(builtin, event.type) ? builtin[event.type] : undefined;
  if (schema) {
    const properties = schema.safeParse(event.properties ?? {});
    if (!properties.success) return refuse('invalid_properties', properties.error, 'properties.');
  }
  return { ok: true, event };
}

function missingId({ type, anonymousId, userId }: WireEvent): string | undefined {
  if (anonymousId === undefined && userId === undefined)
    return 'anonymousId: an event must say whose it is, by anonymousId or userId.';
  if ((type === 'identify' || type === 'alias') && userId === undefined)
    return `userId: an ${type} event must say who it is.`;
  return undefined;
}

function refuse(code: Refusal['code'], error: z.ZodError, prefix: string): CheckedEvent {
  const message = error.issues
    .slice(0, 5)
    .map((issue) => `${prefix}${issue.path.join('.') || '(event)'}: ${issue.message}`)
    .join('; ');
  return { ok: false, refusal: { code, message } };
}

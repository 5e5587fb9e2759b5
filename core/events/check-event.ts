import type { z } from 'zod';
import { BUILTIN_PROPERTIES } from './builtin-types.ts';
import { type WireEvent, wireEventSchema } from './wire-event.ts';

/** Why an event was refused; `message` says what was wrong, where, and what would be right. */
export interface Refusal {
  readonly code: 'invalid_envelope' | 'invalid_properties' | 'too_large' | 'too_deep' | 'late' | 'conflict' | 'quota';
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
  if (event.type === 'identify' && event.userId === undefined) {
    return {
      ok: false,
      refusal: { code: 'invalid_envelope', message: 'userId: an identify event must say who it is.' },
    };
  }
  const schema = Object.hasOwn(builtin, event.type) ? builtin[event.type] : undefined;
  if (schema) {
    const properties = schema.safeParse(event.properties ?? {});
    if (!properties.success) return refuse('invalid_properties', properties.error, 'properties.');
  }
  return { ok: true, event };
}

function refuse(code: Refusal['code'], error: z.ZodError, prefix: string): CheckedEvent {
  const message = error.issues
    .slice(0, 5)
    .map((issue) => `${prefix}${issue.path.join('.') || '(event)'}: ${issue.message}`)
    .join('; ');
  return { ok: false, refusal: { code, message } };
}

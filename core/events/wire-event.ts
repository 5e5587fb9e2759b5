import { z } from 'zod';

/** Longest event id and type, in characters. */
const NAME_LENGTH = 64;
/** Longest anonymous or user id, in characters. */
const PERSON_ID_LENGTH = 128;

const visible = (length: number, what: string) =>
  z
    .string()
    .regex(
      new RegExp(`^[^\\s\\p{C}]{1,${length}}$`, 'u'),
      `${what} must be 1–${length} visible characters without spaces`,
    );

/** Who sent the event: a device's or server's own id. It names the ledger that the event belongs to. */
export const anonymousIdSchema = visible(PERSON_ID_LENGTH, 'anonymousId');

/** Who a person is to the shop. */
export const userIdSchema = visible(PERSON_ID_LENGTH, 'userId');

/**
 * An event as a client sends it. Types and properties follow Segment's e-commerce spec in snake case; built-in types have a
 * schema of their own for `properties` (`builtin-types.ts`), others pass with this envelope checked.
 */
export const wireEventSchema = z.object({
  id: visible(NAME_LENGTH, 'id'),
  type: z
    .string()
    .regex(
      /^[A-Za-z][\w.:-]{0,63}$/,
      'type must start with a letter and be 1–64 letters, digits, "_", ".", ":" or "-", e.g. "product_viewed"',
    ),
  occurredAt: z.iso.datetime({
    offset: true,
    error: 'occurredAt must be an ISO 8601 time with zone, e.g. "2026-05-01T12:00:00.000Z"',
  }),
  anonymousId: anonymousIdSchema,
  userId: userIdSchema.optional(),
  properties: z.record(z.string(), z.json()).optional(),
  context: z.record(z.string(), z.json()).optional(),
});

/** One event of a request, envelope checked. */
export type WireEvent = z.infer<typeof wireEventSchema>;

/** The body of `POST /v/events`; its events are checked one by one so that a bad one does not spoil its neighbours. */
export const wireBatchSchema = z.object({
  sentAt: z.iso.datetime({ offset: true, error: 'sentAt must be an ISO 8601 time with zone' }).optional(),
  events: z.array(z.unknown()).min(1, 'events must hold at least one event'),
});

import { z } from 'zod';
import { VISITOR_TOKEN_LENGTH } from '../identity/visitor-token.ts';
import { anonymousIdSchema, userIdSchema } from './person-ids.ts';
import { visible } from './visible-text.ts';

/** Longest event id, in characters. */
const ID_LENGTH = 64;

/**
 * An event as a client sends it. Types and properties follow Segment's e-commerce spec in snake case; built-in types have a
 * schema of their own for `properties` (`builtin-types.ts`), others pass with this envelope checked.
 */
export const wireEventSchema = z.object({
  id: visible(ID_LENGTH, 'id'),
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
  anonymousId: anonymousIdSchema
    .optional()
    .describe('May be left out where `userId` and the secret key or a proof say who.'),
  userId: userIdSchema.optional(),
  proof: z
    .string()
    .max(4096)
    .optional()
    .describe('JWT of the shop’s server: vouches for `userId`; `identify` and `alias` link with it.'),
  properties: z.record(z.string(), z.json()).optional(),
  context: z.record(z.string(), z.json()).optional(),
});

/** One event of a request, envelope checked. */
export type WireEvent = z.infer<typeof wireEventSchema>;

/** The body of `POST /v/events`; its events are checked one by one so that a bad one does not spoil its neighbours. */
export const wireBatchSchema = z.object({
  sentAt: z.iso
    .datetime({ offset: true })
    .optional()
    .catch(undefined)
    .describe('When the client sent them by its own clock; what is no ISO 8601 time with zone is not used.'),
  anonymousId: anonymousIdSchema
    .optional()
    .catch(undefined)
    .describe('Who the page is now, whoever its events were of; default: the last event’s.'),
  visitorToken: z
    .string()
    .max(VISITOR_TOKEN_LENGTH)
    .optional()
    .catch(undefined)
    .describe('What an earlier request was answered for this visitor, where his cookies cannot be.'),
  dropped: z
    .int()
    .nonnegative()
    .optional()
    .catch(undefined)
    .describe('Events that the page gave up before, since the server did not take them; it is logged.'),
  events: z.array(z.unknown()).min(1, 'events must hold at least one event'),
});
export type WireBatch = z.infer<typeof wireBatchSchema>;

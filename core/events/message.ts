import { z } from 'zod';

/** What the request tells about the client; the same for all events of a message. */
export const clientSchema = z.object({
  country: z.string().optional(),
  region: z.string().optional(),
  city: z.string().optional(),
  timezone: z.string().optional(),
  device: z.enum(['desktop', 'mobile', 'tablet', 'tv', 'bot', 'unknown']),
  browser: z.string().optional(),
  os: z.string().optional(),
  bot: z.boolean(),
});
export type Client = z.infer<typeof clientSchema>;

/** An event with what the edge added. `time` is the corrected event time (ms since 1970), `occurredAt` the client's own. */
export const enrichedEventSchema = z.object({
  id: z.string(),
  type: z.string(),
  time: z.int(),
  occurredAt: z.string(),
  fingerprint: z.int(),
  userId: z.string().optional(),
  properties: z.record(z.string(), z.unknown()).optional(),
  context: z.record(z.string(), z.unknown()).optional(),
  campaign: z.record(z.string(), z.string()).optional(),
  referrerHost: z.string().optional(),
});
export type EnrichedEvent = z.infer<typeof enrichedEventSchema>;

/** The version of `EventMessage`. A consumer understands its own and the one before. */
export const MESSAGE_VERSION = 1;

/**
 * The body of a message on the queue `vitrine-events`: events of one profile from one request. `id` owns the events' effects:
 * an event is counted under the first message that brought it, and under no other.
 */
export const eventMessageSchema = z.object({
  v: z.literal(MESSAGE_VERSION),
  id: z.string(),
  site: z.string(),
  anonymousId: z.string(),
  receivedAt: z.int(),
  client: clientSchema,
  events: z.array(enrichedEventSchema).min(1),
});
export type EventMessage = z.infer<typeof eventMessageSchema>;

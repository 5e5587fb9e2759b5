import { z } from 'zod';
import { DECISION_FAULTS, decisionSchema } from '../decisions/decision.ts';
import { deviceLedger, isLedger } from '../identity/ledger.ts';

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
  /** Headers and cookies that the site keeps, by name. */
  headers: z.record(z.string(), z.string()).optional(),
  cookies: z.record(z.string(), z.string()).optional(),
});
export type Client = z.infer<typeof clientSchema>;

/** What may vouch for a link: a token of the shop's server, a request with the secret key, or a site that trusts its pages. */
export const LINK_PROOFS = ['token', 'secret_key', 'trusted'] as const;
export type LinkProof = (typeof LINK_PROOFS)[number];

/** An event with what the edge added. `time` is the corrected event time (ms since 1970), `occurredAt` the client's own. */
export const enrichedEventSchema = z.object({
  id: z.string(),
  type: z.string(),
  time: z.int(),
  occurredAt: z.string(),
  fingerprint: z.int(),
  userId: z.string().optional(),
  /** What vouches for the link that an `identify` or `alias` event makes; without it the event links nothing. */
  proof: z.enum(LINK_PROOFS).optional(),
  /** Whether the shop's server stands behind it, by the secret key or a proof. */
  vouched: z.literal(true).optional(),
  /** The purposes that the visitor had granted; all of them when it is not there. */
  consent: z.array(z.string()).optional(),
  /** The decision that an impression or a click comes from, as its token proved; else why the token attributes nothing. */
  decision: decisionSchema.optional().catch(undefined),
  decisionFault: z.enum(DECISION_FAULTS).optional().catch(undefined),
  properties: z.record(z.string(), z.unknown()).optional(),
  context: z.record(z.string(), z.unknown()).optional(),
  campaign: z.record(z.string(), z.string()).optional(),
  referrerHost: z.string().optional(),
});
export type EnrichedEvent = z.infer<typeof enrichedEventSchema>;

/** The version of `EventMessage`. A consumer understands its own and the one before. */
export const MESSAGE_VERSION = 2;

const fields = {
  id: z.string(),
  site: z.string(),
  receivedAt: z.int(),
  client: clientSchema,
  events: z.array(enrichedEventSchema).min(1),
};
const currentSchema = z.object({
  v: z.literal(MESSAGE_VERSION),
  ledger: z.string().refine(isLedger, 'must be "a/…" or "u/…"'),
  ...fields,
});

/**
 * The body of a message on the queue `vitrine-events`: events of one ledger from one request. `id` owns the events' effects:
 * an event is counted under the first message that brought it, and under no other. Version 1 had devices only.
 */
export const eventMessageSchema = z.union([
  currentSchema,
  z.object({ v: z.literal(1), anonymousId: z.string(), ...fields }).transform(
    ({ anonymousId, ...message }): EventMessage => ({
      ...message,
      v: MESSAGE_VERSION,
      ledger: deviceLedger(anonymousId),
    }),
  ),
]);
export type EventMessage = z.infer<typeof currentSchema>;

/** A message as it travels: one text, for the queue and for the profile, written once. */
export function messageText(message: EventMessage): string {
  return JSON.stringify(message);
}

/** What a queue's body holds: the text of a message, or, from an older build, the message itself. What is no JSON stays a text. */
export function messageIn(body: unknown): unknown {
  if (typeof body !== 'string') return body;
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}

/** Whether a body was written by a newer build than this one, which cannot tell what it means. */
export function isNewerMessage(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'v' in body && Number(body.v) > MESSAGE_VERSION;
}

/** The site that a body names, if it does; else the place for messages of no site. */
export function siteIn(body: unknown): string {
  const site = typeof body === 'object' && body !== null && 'site' in body ? body.site : undefined;
  return typeof site === 'string' && /^[a-z0-9-]{1,64}$/.test(site) ? site : '_none';
}

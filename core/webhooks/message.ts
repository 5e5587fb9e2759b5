import { z } from 'zod';

/** What a webhook can be told of. */
export const WEBHOOK_TYPES = [
  'segment.entered',
  'segment.left',
  'alarm.raised',
  'alert.fired',
  'alert.resolved',
  'webhook.test',
] as const;

/** How a webhook's messages are written: as events of ours, or as Slack's incoming webhooks, and all that take the like, have them. */
export const WEBHOOK_FORMATS = ['json', 'slack'] as const;
export type WebhookFormat = (typeof WEBHOOK_FORMATS)[number];

/** The body of a message on the queue `vitrine-webhooks`: something that happened, for all webhooks or, once shared out, for one. */
export const webhookMessageSchema = z.object({
  v: z.literal(1),
  site: z.string(),
  /** Made again by a retry; the receiver knows by it what it has had. */
  id: z.string(),
  type: z.enum(WEBHOOK_TYPES),
  /** ms since 1970 */
  occurredAt: z.int(),
  ledger: z.string(),
  /** Purposes that the person has refused: webhooks that need one of them are not told. */
  refused: z.array(z.string()),
  data: z.record(z.string(), z.unknown()),
  webhook: z.string().optional(),
});
export type WebhookMessage = z.infer<typeof webhookMessageSchema>;

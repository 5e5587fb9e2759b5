import { z } from 'zod';

/** What a webhook can be told of. */
export const WEBHOOK_TYPES = ['segment.entered', 'segment.left', 'alarm.raised', 'webhook.test'] as const;

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

/** The body that a receiver gets. */
export function bodyOf({ id, type, occurredAt, data }: WebhookMessage): string {
  return JSON.stringify({ id, type, timestamp: new Date(occurredAt).toISOString(), data });
}

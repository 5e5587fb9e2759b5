import { z } from 'zod';
import { WEBHOOK_FORMATS, type WebhookFormat } from '../../core/webhooks/message.ts';

/** A webhook of a site. */
export interface Webhook {
  readonly id: string;
  readonly url: string;
  readonly types: readonly string[];
  /** What the person must not have refused. */
  readonly purpose: string;
  readonly secret: string;
  /** How its messages are written. */
  readonly format: WebhookFormat;
  readonly disabled: string | null;
}

const rowSchema = z.object({
  id: z.string(),
  url: z.string(),
  types: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
  purpose: z.string(),
  secret: z.string(),
  format: z.enum(WEBHOOK_FORMATS),
  disabled: z.string().nullable(),
});

/** All webhooks of a site. */
export async function listWebhooks(env: Env, site: string): Promise<Webhook[]> {
  const { results } = await env.DB.prepare(
    'SELECT id, url, types, purpose, secret, format, disabled FROM webhooks WHERE site = ? ORDER BY id',
  )
    .bind(site)
    .all();
  return results.map((row) => rowSchema.parse(row));
}

/** Turns a webhook off, and keeps why. */
export async function disableWebhook(env: Env, site: string, id: string, why: string): Promise<void> {
  await env.DB.prepare('UPDATE webhooks SET disabled = ? WHERE site = ? AND id = ?').bind(why, site, id).run();
}

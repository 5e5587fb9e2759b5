import type { WebhookMessage } from '../../core/webhooks/message.ts';

/** Failures that a site keeps, the newest. */
const MAX_FAILURES = 1_000;

/** Keeps a message that could not be delivered, so that it can be sent again. */
export async function storeFailure(env: Env, message: WebhookMessage): Promise<void> {
  const { site, id, webhook = '', ledger } = message;
  await env.DB.batch([
    env.DB.prepare(
      'INSERT OR REPLACE INTO webhook_failures (site, id, webhook, at, ledger, message) VALUES (?, ?, ?, ?, ?, ?)',
    ).bind(site, id, webhook, Date.now(), ledger, JSON.stringify(message)),
    env.DB.prepare(
      `DELETE FROM webhook_failures WHERE site = ?1 AND at < (
         SELECT at FROM webhook_failures WHERE site = ?1 ORDER BY at DESC LIMIT 1 OFFSET ${MAX_FAILURES})`,
    ).bind(site),
  ]);
}

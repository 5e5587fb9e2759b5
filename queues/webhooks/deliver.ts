import { Webhook as Signer } from 'standardwebhooks';
import type { WebhookMessage } from '../../core/webhooks/message.ts';
import { writtenMessage } from '../../core/webhooks/written-message.ts';
import { followRedirects } from '../../stores/outbound.ts';
import type { Webhook } from '../../stores/webhooks/webhooks.ts';

const TIMEOUT_MS = 5_000;

/** What came of a delivery: taken, to be tried again, never to be tried again, or the receiver wants no more at all. */
export type Delivery =
  | { readonly kind: 'delivered' }
  | { readonly kind: 'retry'; readonly why: string }
  | { readonly kind: 'refused'; readonly why: string }
  | { readonly kind: 'gone'; readonly why: string };

/**
 * Sends a message to a webhook, signed as Standard Webhooks say (https://www.standardwebhooks.com). Redirects are followed by hand, each
 * target checked like the first. Never throws.
 */
export async function deliver(env: Env, webhook: Webhook, message: WebhookMessage, now: Date): Promise<Delivery> {
  const body = writtenMessage(message, webhook.format);
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'vitrine-webhooks/1',
    'webhook-id': message.id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': new Signer(webhook.secret).sign(message.id, now, body),
  };
  try {
    const answer = await followRedirects(env, webhook.url, (url) => post(url, headers, body));
    return 'refused' in answer ? { kind: 'refused', why: answer.refused } : outcome(answer.status);
  } catch (error) {
    return { kind: 'retry', why: `it did not answer: ${String(error).slice(0, 200)}` };
  }
}

function outcome(status: number): Delivery {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  const why = `it answered ${status}`;
  if (status === 410) return { kind: 'gone', why };
  return { kind: 'retry', why };
}

/** The answer without its body. */
async function post(url: string, headers: Record<string, string>, body: string): Promise<Response> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
  await response.body?.cancel();
  return response;
}

import { type Ledger, ledgerId } from '../../core/identity/ledger.ts';
import type { Transition } from '../../core/segments/transitions.ts';
import type { WebhookMessage } from '../../core/webhooks/message.ts';

/** Messages of one `sendBatch`. */
const PER_BATCH = 100;

/** Hands transitions of a person's segments to the queue of webhooks; the same ones again have the same ids. */
export async function sendTransitions(
  env: Env,
  site: string,
  ledger: Ledger,
  refused: string[],
  transitions: readonly Transition[],
): Promise<void> {
  const who = ledger.startsWith('u/') ? { userId: ledgerId(ledger) } : { anonymousId: ledgerId(ledger) };
  const messages = transitions.map(
    ({ id, segment, version, direction, at }): WebhookMessage => ({
      v: 1,
      site,
      id: `${ledger}/${id}`,
      type: direction === 'enter' ? 'segment.entered' : 'segment.left',
      occurredAt: at,
      ledger,
      refused,
      data: { ...who, segment, version },
    }),
  );
  for (let from = 0; from < messages.length; from += PER_BATCH)
    await env.WEBHOOKS.sendBatch(
      messages.slice(from, from + PER_BATCH).map((body) => ({ body, contentType: 'json' as const })),
    );
}

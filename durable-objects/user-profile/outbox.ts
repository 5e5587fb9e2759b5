import { type Ledger, ledgerId } from '../../core/identity/ledger.ts';
import type { Following } from '../../core/segments/person.ts';
import type { Transition } from '../../core/segments/transitions.ts';
import type { WebhookMessage } from '../../core/webhooks/message.ts';

/** Messages of one `sendBatch`. */
const PER_BATCH = 100;

/** Sends transitions of a person's segments to the queue of webhooks; the same ones again have the same ids. */
async function sendTransitions(
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

/** The profile whose transitions wait, as far as handing them on needs it. */
interface WaitingProfile {
  /** What is kept of its attributes and segments. */
  following(): Following;
  /** Purposes that the person refused. */
  refused(): string[];
  save(): void;
}

/**
 * Hands on the transitions that wait, oldest first. They are stored before, and forgotten once the queue has them: a crash between sends
 * them again under the same ids.
 *
 * @throws what the queue throws; they go on waiting then.
 */
export async function handOnTransitions(
  env: Env,
  site: string,
  ledger: Ledger,
  profile: WaitingProfile,
): Promise<void> {
  const following = profile.following();
  const waiting = following.outbox;
  if (waiting.length === 0) return;
  await sendTransitions(env, site, ledger, profile.refused(), waiting);
  // Erased or reset meanwhile: what is held now is another profile's.
  if (profile.following() !== following) return;
  const sent = new Set(waiting.map(({ id }) => id));
  following.outbox = following.outbox.filter(({ id }) => !sent.has(id));
  profile.save();
}

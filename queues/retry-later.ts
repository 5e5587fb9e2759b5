const BASE_SECONDS = 2;
const CAP_SECONDS = 600;
/** For what nobody waits for any more, and what must be there when a store comes back after days. */
export const DEAD_LETTER_CAP_SECONDS = 3_000;

/**
 * Exponential backoff with jitter over its upper half: 1 to 2 s after the first try, half the cap to all of it later on, five to ten minutes
 * from the tenth on. With the hundred tries that `wrangler.toml` gives, a store may be away for more than seven hours, and for 37 more
 * with the longer cap of dead letters, whatever chance does. `random` in [0, 1).
 */
export function retryDelaySeconds(attempts: number, random: number, capSeconds = CAP_SECONDS): number {
  const ceiling = Math.min(capSeconds, BASE_SECONDS * 2 ** (attempts - 1));
  return Math.ceil((ceiling * (1 + random)) / 2);
}

/** Has a message delivered again, later with each attempt. */
export function retryLater(message: Message, capSeconds?: number): void {
  message.retry({ delaySeconds: retryDelaySeconds(message.attempts, Math.random(), capSeconds) });
}

const BASE_SECONDS = 2;
const CAP_SECONDS = 600;

/**
 * Exponential backoff with jitter over its upper half: 1 to 2 s after the first try, five to ten minutes from the tenth on. With the hundred
 * tries that `wrangler.toml` gives, a store may be away for more than eight hours, whatever chance does. `random` in [0, 1).
 */
export function retryDelaySeconds(attempts: number, random: number): number {
  const ceiling = Math.min(CAP_SECONDS, BASE_SECONDS * 2 ** (attempts - 1));
  return Math.ceil((ceiling * (1 + random)) / 2);
}

/** Has a message delivered again, later with each attempt. */
export function retryLater(message: Message): void {
  message.retry({ delaySeconds: retryDelaySeconds(message.attempts, Math.random()) });
}

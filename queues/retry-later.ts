const BASE_SECONDS = 2;
const CAP_SECONDS = 600;

/** Exponential backoff with full jitter: up to 2 s after the first try, at most ten minutes. `random` in [0, 1). */
export function retryDelaySeconds(attempts: number, random: number): number {
  const ceiling = Math.min(CAP_SECONDS, BASE_SECONDS * 2 ** (attempts - 1));
  return Math.ceil(random * ceiling);
}

/** Has a message delivered again, later with each attempt. */
export function retryLater(message: Message): void {
  message.retry({ delaySeconds: retryDelaySeconds(message.attempts, Math.random()) });
}

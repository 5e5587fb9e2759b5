/** A cron trigger fires at the full minute. */
const MINUTE_MS = 60_000;

/**
 * Calls `run` at each full minute until stopped; a run that lasts longer than a minute is not started twice.
 * Returns the stop function.
 */
export function runCron(run: () => Promise<void>, onError: (error: unknown) => void): () => void {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const arm = () => {
    timer = setTimeout(
      async () => {
        await run().catch(onError);
        if (!stopped) arm();
      },
      MINUTE_MS - (Date.now() % MINUTE_MS),
    );
  };
  arm();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

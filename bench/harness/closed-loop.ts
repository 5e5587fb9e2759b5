import type { BenchRequest, HttpClient } from './http-client.ts';

/** Requests a second that a server answers with `status` while `connections` clients each wait for their answer. */
export async function closedLoop(
  client: HttpClient,
  options: {
    readonly connections: number;
    readonly durationMs: number;
    readonly status: number;
    readonly next: () => BenchRequest;
  },
): Promise<number> {
  const start = performance.now();
  let answered = 0;
  const run = async () => {
    while (performance.now() - start < options.durationMs) {
      await client.expect(options.status, options.next());
      answered += 1;
    }
  };
  await Promise.all(Array.from({ length: options.connections }, run));
  return answered / ((performance.now() - start) / 1_000);
}

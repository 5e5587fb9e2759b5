import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { BenchAnswer, BenchRequest } from './http-client.ts';

/** Requests to one server that go out one after the other. */
export interface Turn {
  readonly url: string;
  readonly requests: readonly BenchRequest[];
}

/**
 * A client in a thread of its own: what this process does for the runtime, which hands it each line that a Worker logs, and its collector's pauses
 * are not in what is measured.
 */
export class ClientThread {
  private readonly worker = new Worker(new URL('./client-worker.ts', import.meta.url));

  /** Answers in the order of the requests; throws when one is not 200. */
  async send(turn: Turn): Promise<readonly BenchAnswer[]> {
    const answered = once(this.worker, 'message');
    this.worker.postMessage(turn);
    const [{ answers, error }] = (await answered) as [{ answers?: readonly BenchAnswer[]; error?: string }];
    if (!answers) throw new Error(error);
    return answers;
  }

  async close(): Promise<void> {
    await this.worker.terminate();
  }
}

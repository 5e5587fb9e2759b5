import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { QueueStats } from './broker-queue.ts';

export interface BrokerProcess {
  readonly url: string;
  stats(): Promise<Record<string, QueueStats>>;
  stop(): Promise<void>;
}

/**
 * Starts the broker in a process of its own, on the messages that `folder` holds. With a `speed` of 100 a message that is to wait a minute
 * waits 0.6 s.
 */
export async function startBroker(folder: string, speed = 1): Promise<BrokerProcess> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const child = spawn(process.execPath, [main, folder, String(speed)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the broker ended with ${code}`))),
  ])) as [string];
  return {
    url,
    stats: async () => (await (await fetch(`${url}/stats`)).json()) as Record<string, QueueStats>,
    stop: async () => {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

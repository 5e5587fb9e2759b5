import { parentPort } from 'node:worker_threads';
import type { Turn } from './client-thread.ts';
import { type BenchAnswer, HttpClient } from './http-client.ts';

/** The thread behind `ClientThread`: sends the requests of a turn one after the other. */
const clients = new Map<string, HttpClient>();

parentPort?.on('message', async ({ url, requests }: Turn) => {
  const client = clients.get(url) ?? new HttpClient(url, 1);
  clients.set(url, client);
  try {
    const answers: BenchAnswer[] = [];
    for (const request of requests) answers.push(await client.expect(200, request));
    parentPort?.postMessage({ answers });
  } catch (error) {
    parentPort?.postMessage({ error: String(error) });
  }
});

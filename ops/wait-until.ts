import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 10;

/** Waits until `condition` holds; throws after `timeoutMs` (default one minute). */
export async function waitUntil(what: string, condition: () => Promise<boolean>, timeoutMs = 60_000): Promise<void> {
  const endMs = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await sleep(POLL_MS);
  }
}

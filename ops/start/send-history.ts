import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { Vitrine } from '../runtime/start-vitrine.ts';
import type { ShopProduct } from '../shoppers/product.ts';
import { runShoppers } from '../shoppers/run-shoppers.ts';
import { DEMO } from './demo-site.ts';
import { settled } from './settled.ts';

const HOUR_MS = 3_600_000;
/** A new shop has had visitors for so long; after a pause it has had them since it stopped. */
const HISTORY_HOURS = 72;
/** Below this there is nothing to make up for. */
const MIN_HOURS = 1;
const VISITORS_PER_HOUR = 6;
/** The consumer counts batch after batch; after such a pause there is none left. */
const QUIET_MS = 2_500;

/** Up to when shoppers have visited, and a history that was begun: sent again it has the same events, which count once. */
const stateSchema = z.object({ untilMs: z.int(), done: z.boolean() });

/** Sends the visits since the last run through the real ingest, waits until they are counted, and publishes the model. */
export async function sendHistory(
  vitrine: Vitrine,
  stateDir: string,
  products: readonly ShopProduct[],
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<void> {
  const file = path.join(stateDir, 'shoppers.json');
  const last = await readState(file);
  const untilMs = last && !last.done ? last.untilMs : Date.now();
  const hours = last?.done ? Math.min(HISTORY_HOURS, (untilMs - last.untilMs) / HOUR_MS) : HISTORY_HOURS;
  if (hours < MIN_HOURS) return;
  await writeFile(file, JSON.stringify({ untilMs, done: false }));
  const { visits, accepted } = await runShoppers({
    url: vitrine.url,
    key: DEMO.writeKey,
    products,
    visitors: Math.ceil(hours * VISITORS_PER_HOUR),
    hours,
    untilMs,
    seed: untilMs,
    signal,
    onProgress: ({ visits }) => {
      if (visits % 100 === 0) tell(`${visits} visits …`);
    },
  });
  if (signal.aborted) return;
  await settled(vitrine, QUIET_MS, signal);
  await vitrine.scheduled();
  await writeFile(file, JSON.stringify({ untilMs, done: true }));
  tell(`${visits} visits of the last ${Math.round(hours)} hours, ${accepted} events; the model knows them`);
}

async function readState(file: string): Promise<z.infer<typeof stateSchema> | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : stateSchema.safeParse(JSON.parse(text)).data;
}

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test, vi } from 'vitest';
import { csvLineReader } from '../../ops/replay/read-csv-line.ts';
import { rebaseEvent } from '../../ops/replay/rebase.ts';
import { replay } from '../../ops/replay/replay.ts';
import { taobaoMapping } from '../../ops/replay/taobao-mapping.ts';
import { seededRandom } from '../../ops/seeded-random.ts';
import { useBrokerStack } from '../broker/broker-stack.ts';
import { type CountableEvent, countEvents, readCountedState } from '../broker/counted-state.ts';
import { expectDrained } from '../broker/drained.ts';
import { generateLog } from '../broker/generate-log.ts';
import { killAtRandom } from '../broker/kill-at-random.ts';
import { taobaoLog } from './taobao-log.ts';

const KILLS = 20;
const SITE = { id: 'crash', name: 'Crash', origins: [], writeKey: 'wk_crash', secretKey: 'sk_crash' };
/** Events older than this are refused as late, which is not what this test is about. */
const HORIZON_MS = 13 * 86_400_000;
const BACKOFF = { baseMs: 20, capMs: 200, attempts: 1_000 };

const stack = useBrokerStack(SITE);

/** Replays a log while workerd is killed, and compares what Vitrine holds in the end with an independent count. */
async function killDrill(lines: readonly string[], events: readonly CountableEvent[], seed: number) {
  const file = path.join(stack.folder, 'log.ndjson');
  writeFileSync(file, `${lines.join('\n')}\n`);
  let accepted = 0;
  const replaying = replay({
    file,
    url: stack.vitrine.url,
    key: SITE.writeKey,
    site: SITE.id,
    stateFile: path.join(stack.folder, 'replay.ndjson'),
    rate: 2_000,
    batchEvents: 10,
    backoff: BACKOFF,
    onProgress: (progress) => {
      accepted = progress.accepted;
    },
  });
  const killing = killAtRandom(stack.vitrine, KILLS, () => accepted / lines.length, seededRandom(seed));
  const [summary] = await Promise.all([replaying, killing]);
  await vi.waitFor(() => expectDrained(stack.broker), { timeout: 90_000, interval: 50 });
  const expected = countEvents(events);
  const counted = await readCountedState(stack.vitrine, SITE.id, SITE.secretKey, Object.keys(expected.profiles));
  return { summary, expected, counted };
}

describe('workerd killed twenty times at random during a replay', () => {
  test('generated log: nothing acknowledged is lost, nothing counted twice', async ({ expect }) => {
    const lines = generateLog({ seed: 7, events: 6_000, visitors: 120, endMs: Date.now(), repeats: 0.05 });
    const events = lines.map((line) => {
      const event = JSON.parse(line) as CountableEvent & { occurredAt: string };
      return { ...event, time: Date.parse(event.occurredAt) };
    });
    const { summary, expected, counted } = await killDrill(lines, events, 11);
    expect(stack.vitrine.restarts()).toBe(KILLS);
    expect(summary).toMatchObject({ sent: lines.length, accepted: lines.length, rejected: {} });
    expect(counted).toEqual(expected);
  });

  test('slice of a click log in Taobao’s form: the same', async ({ expect }) => {
    const read = csvLineReader(taobaoMapping);
    const slice = readFileSync(taobaoLog(), 'utf8').split('\n').slice(0, 5_000);
    const found = slice.flatMap((text, index) => {
      const line = read(text, index + 1);
      return line.kind === 'event' ? [line.event] : [];
    });
    const newest = Math.max(...found.map(({ occurredAt }) => Date.parse(occurredAt)));
    const shiftMs = Math.floor((Date.now() - newest) / 1_000) * 1_000;
    const moved = found
      .filter(({ occurredAt }) => newest - Date.parse(occurredAt) < HORIZON_MS)
      .map((event) => rebaseEvent(event, shiftMs));
    const events = moved.map((event) => ({ ...event, time: Date.parse(event.occurredAt) }));
    const { summary, expected, counted } = await killDrill(
      moved.map((event) => JSON.stringify(event)),
      events,
      13,
    );
    expect(stack.vitrine.restarts()).toBe(KILLS);
    expect(summary).toMatchObject({ sent: events.length, accepted: events.length, rejected: {} });
    expect(counted).toEqual(expected);
  });
});

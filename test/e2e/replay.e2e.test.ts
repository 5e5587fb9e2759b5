import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test, vi } from 'vitest';
import { ReplayStopped, replay } from '../../ops/replay/replay.ts';
import { useBrokerStack } from '../broker/broker-stack.ts';
import { type CountableEvent, countEvents, readCountedState } from '../broker/counted-state.ts';
import { expectDrained } from '../broker/drained.ts';
import { generateLog } from '../broker/generate-log.ts';
import { taobaoLog } from './taobao-log.ts';

const SITE = { id: 'replay', name: 'Replay', origins: [], writeKey: 'wk_replay', secretKey: 'sk_replay' };
const TAOBAO = taobaoLog();
const DAY_MS = 86_400_000;

const stack = useBrokerStack(SITE);

const replayFile = (file: string, extra: Partial<Parameters<typeof replay>[0]> = {}) =>
  replay({
    file,
    url: stack.vitrine.url,
    key: SITE.writeKey,
    site: SITE.id,
    stateFile: path.join(stack.folder, 'replay.ndjson'),
    ...extra,
  });

const drained = () => vi.waitFor(() => expectDrained(stack.broker), { timeout: 60_000, interval: 50 });
const countedState = (visitors: readonly string[]) =>
  readCountedState(stack.vitrine, SITE.id, SITE.secretKey, visitors);

describe('replay of a generated log', () => {
  const lines = generateLog({ seed: 3, events: 2_000, visitors: 40, endMs: Date.now(), repeats: 0.05 });
  const expected = countEvents(
    lines.map((line) => {
      const event = JSON.parse(line) as CountableEvent & { occurredAt: string };
      return { ...event, time: Date.parse(event.occurredAt) };
    }),
  );

  test('counts each event once; unreadable lines are refused with their number; a second replay changes nothing', async ({
    expect,
  }) => {
    const file = path.join(stack.folder, 'log.ndjson');
    writeFileSync(file, ['not json', ...lines, '{"id":"cut'].join('\n'));
    const first = await replayFile(file);
    expect(first).toMatchObject({ sent: 2_000, accepted: 2_000, rejected: {}, refused: { count: 2 } });
    expect(first.refused.lines.map(({ line }) => line)).toEqual([1, 2_002]);
    await drained();
    const visitors = Object.keys(expected.profiles);
    expect(await countedState(visitors)).toEqual(expected);

    expect(await replayFile(file)).toMatchObject({ sent: 2_000, accepted: 2_000, resumed: 0 });
    await drained();
    expect(await countedState(visitors)).toEqual(expected);
  });

  test('a stopped replay goes on where it was and sends no event twice', async ({ expect }) => {
    const file = path.join(stack.folder, 'log.ndjson');
    writeFileSync(file, lines.join('\n'));
    const stop = new AbortController();
    const stopped = replayFile(file, {
      signal: stop.signal,
      onProgress: ({ sent }) => {
        if (sent > 500) stop.abort();
      },
    });
    await expect(stopped).rejects.toThrow(ReplayStopped);
    const second = await replayFile(file);
    expect(second).toMatchObject({ sent: 2_000, accepted: 2_000 });
    expect(second.resumed).toBeGreaterThan(500);
    expect(second.resumed).toBeLessThan(2_000);
    await drained();
    const sent = (await stack.broker.stats())['vitrine-events'];
    expect(await countedState(Object.keys(expected.profiles))).toEqual(expected);
    expect(sent).toMatchObject({ dead: 0 });
  });
});

test('a click log in Taobao’s form: late and cut lines are refused with reasons, all counts are as in the file; a second replay changes none', async ({
  expect,
}) => {
  const { rows, visitors, late, cut } = countFile();
  expect([late, cut.length]).toEqual([1, 1]);
  const first = await replayFile(TAOBAO);
  expect(first).toMatchObject({ accepted: rows.length, rejected: { late }, refused: { count: cut.length } });
  expect(first.refused.lines).toEqual([
    {
      line: cut[0]?.line,
      reason: `5 columns expected (user, item, category, behaviour, time), ${cut[0]?.columns} found`,
    },
  ]);
  await drained();
  const expected = countEvents(rows.map((row) => ({ ...row, time: row.time + first.shiftMs })));
  expect(expected.lake.length).toBe(rows.length);
  expect(await countedState(visitors)).toEqual(expected);

  const second = await replayFile(TAOBAO);
  expect(second).toMatchObject({ accepted: rows.length, rejected: { late }, shiftMs: first.shiftMs });
  await drained();
  expect(await countedState(visitors)).toEqual(expected);
});

/** Counts the file without the replay's code. */
function countFile() {
  const types: Record<string, string> = {
    pv: 'product_viewed',
    cart: 'product_added',
    fav: 'product_favorited',
    buy: 'order_completed',
  };
  const lines = readFileSync(TAOBAO, 'utf8')
    .split('\n')
    .map((text, index) => ({ line: index + 1, fields: text.split(',') }))
    .filter(({ fields }) => fields[0] !== '');
  const cut = lines
    .filter(({ fields }) => fields.length !== 5)
    .map(({ line, fields }) => ({ line, columns: fields.length }));
  const all: CountableEvent[] = lines
    .filter(({ fields }) => fields.length === 5)
    .map(({ line, fields: [user = '', , , behaviour = '', seconds = ''] }) => ({
      id: `taobao-${line}`,
      type: types[behaviour] ?? '',
      anonymousId: `tb-${user}`,
      time: Number(seconds) * 1_000,
    }));
  const newest = Math.max(...all.map(({ time }) => time));
  const rows = all.filter(({ time }) => newest - time < 14 * DAY_MS);
  const visitors = [...new Set(rows.map(({ anonymousId }) => anonymousId))];
  return { rows, visitors, late: all.length - rows.length, cut };
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { type BeaconEvent, eventQueue } from '../../beacon/src/event-queue.ts';
import { startSender } from '../../beacon/src/sender.ts';

interface Answer {
  readonly status: number;
  readonly retryAfter?: string;
}

const FIVE_MINUTES = 300_000;
const event = (id: string): BeaconEvent => ({
  id,
  type: 'page_viewed',
  occurredAt: '2026-05-01T12:00:00Z',
  anonymousId: 'a',
});

let server: Server;
let url: string;
let answers: Answer[];
let received: string[][];
let delays: number[];

beforeEach(async () => {
  answers = [];
  received = [];
  delays = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { events } = JSON.parse(text) as { events: BeaconEvent[] };
      received.push(events.map(({ id }) => id));
      const { status, retryAfter } = answers.shift() ?? { status: 202 };
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
      response.end(JSON.stringify({ accepted: events.length }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v/events`;
  // What the sender waits is recorded, and not waited; timers of others stay as they are.
  const real = globalThis.setTimeout;
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms?: number, ...others: unknown[]) => {
    if (run.name !== 'flush') return real(run, ms, ...others);
    delays.push(ms ?? 0);
    return real(run, 0);
  }) as typeof setTimeout);
});

afterEach(async () => {
  vi.restoreAllMocks();
  await new Promise((resolve) => server.close(resolve));
});

/** Sends events against the answers until the server has taken them, and says what was taken. */
async function sendAll(ids: readonly string[]) {
  const queue = eventQueue(memoryStore());
  const taken: number[] = [];
  const sender = startSender(url, queue, (count) => taken.push(count));
  for (const id of ids) queue.add(event(id));
  sender.notify(true);
  await vi.waitFor(() => {
    if (queue.peek(1, 1_000_000).length > 0) throw new Error('still waiting');
  });
  await vi.waitFor(() => {
    if (answers.length > 0) throw new Error('not all answered');
  });
  return taken;
}

function memoryStore() {
  const held = new Map<string, string>();
  return {
    get length() {
      return held.size;
    },
    key: (at: number) => [...held.keys()][at] ?? null,
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
  };
}

describe('the beacon’s sender', () => {
  it('sends again what a 503, a 429 or a 500 refused, until it is taken, once', async ({ expect }) => {
    answers = [{ status: 503 }, { status: 429 }, { status: 500 }, { status: 202 }];
    expect(await sendAll(['e1', 'e2'])).toEqual([2]);
    expect(received).toEqual([
      ['e1', 'e2'],
      ['e1', 'e2'],
      ['e1', 'e2'],
      ['e1', 'e2'],
    ]);
  });

  it('waits longer with each failure, at random, in ranges that double', async ({ expect }) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    answers = [{ status: 503 }, { status: 503 }, { status: 503 }, { status: 202 }];
    await sendAll(['e1']);
    expect(delays.filter((ms) => ms > 0)).toEqual([1_000, 2_000, 4_000]);
  });

  it('waits as `Retry-After` says, in seconds or as a date, at most five minutes more', async ({ expect }) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const inAMinute = new Date(Date.now() + 60_000).toUTCString();
    const anHourAgo = new Date(Date.now() - 3_600_000).toUTCString();
    const asked = ['7', inAMinute, anHourAgo, '86400', 'soon', '-3', ''];
    answers = [...asked.map((retryAfter) => ({ status: 503, retryAfter })), { status: 202 }];
    await sendAll(['e1']);
    const [seconds, date, past, capped, nonsense, negative, empty] = delays.slice(1);
    expect([seconds, past, capped, nonsense, negative, empty]).toEqual([7_000, 0, FIVE_MINUTES, 0, 0, 0]);
    expect(date).toBeGreaterThan(50_000);
    expect(date).toBeLessThanOrEqual(60_000);
    expect(delays.every(Number.isFinite)).toBe(true);
  });

  it('drops what the server will never take, and goes on with the rest', async ({ expect }) => {
    answers = [{ status: 400 }];
    expect(await sendAll(['bad'])).toEqual([]);
    expect(received).toEqual([['bad']]);
  });
});

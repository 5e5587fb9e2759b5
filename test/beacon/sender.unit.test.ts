import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it, vi } from 'vitest';
import { type BeaconEvent, eventQueue } from '../../beacon/src/event-queue.ts';
import { startSender } from '../../beacon/src/sender.ts';
import { openStore } from '../../beacon/src/store.ts';

interface Answer {
  /** 0 breaks the connection. */
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
const ids = (count: number) => Array.from({ length: count }, (_, n) => `e${String(n).padStart(3, '0')}`);

let server: Server;
let url: string;
let answer: (ids: readonly string[], request: number) => Answer;
let received: { readonly ids: string[]; readonly at: number; readonly body: Record<string, unknown> }[];
/** ms that the sender waited: its clock jumps over them. */
let waited: number;

beforeEach(async () => {
  answer = () => ({ status: 202 });
  received = [];
  waited = 0;
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => {
      text += chunk;
    });
    request.on('end', () => {
      const { events, ...body } = JSON.parse(text) as { events: BeaconEvent[] };
      const sent = events.map(({ id }) => id);
      received.push({ ids: sent, at: Date.now(), body });
      const { status, retryAfter } = answer(sent, received.length);
      if (status === 0) return void request.socket.destroy();
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
      response.end(JSON.stringify({ accepted: events.length }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v/events`;
  const [now, timer] = [Date.now, globalThis.setTimeout];
  vi.spyOn(Date, 'now').mockImplementation(() => now() + waited);
  vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms = 0, ...others: unknown[]) => {
    if (run.name !== 'flush') return timer(run, ms, ...others);
    waited += ms;
    return timer(run, 0);
  }) as typeof setTimeout);
  vi.stubGlobal('window', new EventTarget());
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Sends events until none waits any more; says how many were taken and which were given up. */
async function sendAll(sent: readonly string[]) {
  const queue = eventQueue(
    openStore(() => {
      throw new Error('forbidden');
    }),
  );
  const taken: number[] = [];
  const dropped: string[] = [];
  const sender = startSender(
    url,
    queue,
    () => ({ anonymousId: 'a' }),
    ({ accepted }) => accepted !== undefined && taken.push(accepted),
    ({ id }) => dropped.push(id),
  );
  for (const id of sent) queue.add(event(id));
  sender.notify(true);
  await vi.waitFor(
    () => {
      if (queue.peek(1, 1_000_000).length > 0) throw new Error('still waiting');
    },
    { timeout: 20_000 },
  );
  return { taken, dropped, sender, queue };
}

/** The ids that the server took, in the order in which it did. */
const tookOf = (status: (ids: readonly string[], request: number) => number) =>
  received.flatMap((one, index) => (status(one.ids, index + 1) === 202 ? one.ids : []));
/** ms between one request and the next. */
const gaps = () => received.slice(1).map(({ at }, index) => at - (received[index]?.at ?? 0));

describe('the beacon’s sender', () => {
  it.for([503, 429, 500, 0])('sends again what failed with %i, until it is taken, once', async (status, { expect }) => {
    answer = (_, request) => ({ status: request < 6 ? status : 202 });
    const { dropped } = await sendAll(['e1', 'e2']);
    expect(dropped).toEqual([]);
    expect(tookOf((_, request) => (request < 6 ? status : 202)).toSorted()).toEqual(['e1', 'e2']);
  });

  it('waits longer with each failure, at random, and never less than a second', async ({ expect }) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    answer = (_, request) => ({ status: request < 5 ? 503 : 202 });
    await sendAll(['e1']);
    for (const [index, least] of [2_000, 3_000, 5_000, 9_000].entries())
      expect(gaps()[index]).toBeGreaterThanOrEqual(least);
  });

  it('stays under a request a second in a storm of 503, also when the page hides and comes online', async ({
    expect,
  }) => {
    answer = (_, request) => ({ status: request < 40 ? 503 : 202 });
    const storm = sendAll(ids(20));
    for (let n = 0; n < 50; n += 1) {
      window.dispatchEvent(new Event('online'));
      await new Promise((resolve) => setImmediate(resolve));
    }
    await storm;
    expect(
      gaps()
        .slice(0, 38)
        .filter((ms) => ms < 1_000),
    ).toEqual([]);
  });

  it('waits as `Retry-After` says, in seconds or as a date, at most five minutes more', async ({ expect }) => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    const asked = [
      ['7', 7_000],
      [() => new Date(Date.now() + 60_000).toUTCString(), 58_000],
      [() => new Date(Date.now() - 3_600_000).toUTCString(), 0],
      ['86400', FIVE_MINUTES],
      ['soon', 0],
      ['-3', 0],
      ['', 0],
    ] as const;
    answer = (_, request) => {
      const after = asked[request - 1]?.[0];
      return after === undefined
        ? { status: 202 }
        : { status: 503, retryAfter: typeof after === 'string' ? after : after() };
    };
    await sendAll(['e1']);
    for (const [index, [, least]] of asked.entries()) {
      const gap = gaps()[index] ?? 0;
      expect(gap).toBeGreaterThanOrEqual(least + 1_000);
      expect(gap).toBeLessThan(least + 4_500);
    }
  });

  it.for([
    ['400, for good', 400, 1],
    ['413', 413, 7],
    ['500, again and again while others pass', 500, 5],
    ['403 of a firewall', 403, 11],
    ['500, as the last one', 500, 11],
    ['500, as the first one', 500, 0],
  ] as const)(
    'gives up an event that is the cause of %s, tells of it, and all others arrive',
    async ([, status, at], { expect }) => {
      const poison = ids(12)[at] ?? '';
      const status202 = (sent: readonly string[]) => (sent.includes(poison) ? status : 202);
      answer = (sent) => ({ status: status202(sent) });
      const { dropped, sender, queue } = await sendAll(ids(12));
      expect(dropped).toEqual([poison]);
      expect(tookOf(status202).toSorted()).toEqual(ids(12).filter((id) => id !== poison));
      queue.add(event('later'));
      sender.notify(true);
      await vi.waitFor(() => expect(received.at(-1)).toMatchObject({ ids: ['later'] }));
      expect(received.some(({ body }) => body.dropped === 1)).toBe(true);
    },
  );

  it('never gives up what a network or a 503 refuses, and lets others pass', async ({ expect }) => {
    for (const status of [0, 503]) {
      received = [];
      const first = ids(5)[0] ?? '';
      let refusals = 0;
      const verdict = (sent: readonly string[]) => {
        if (!sent.includes(first) || refusals > 12) return 202;
        refusals += 1;
        return status;
      };
      const took: string[] = [];
      answer = (sent) => {
        const given = verdict(sent);
        if (given === 202) took.push(...sent);
        return { status: given };
      };
      const { dropped } = await sendAll(ids(5));
      expect(dropped).toEqual([]);
      expect(took.toSorted()).toEqual(ids(5));
    }
  });

  it('loses nothing in a long outage of 500, though each event failed alone', async ({ expect }) => {
    answer = (_, request) => ({ status: request < 60 ? 500 : 202 });
    const { dropped } = await sendAll(ids(8));
    expect(dropped).toEqual([]);
    expect(tookOf((_, request) => (request < 60 ? 500 : 202)).toSorted()).toEqual(ids(8));
  });
});

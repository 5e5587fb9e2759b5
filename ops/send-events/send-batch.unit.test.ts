import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { test } from 'vitest';
import { pauseBefore } from '../../core/http/backoff.ts';
import { sendBatch } from './send-batch.ts';

const backoff = { baseMs: 1, capMs: 2, attempts: 4 };
const events = ['a', 'b', 'c'].map((id) => ({
  id,
  type: 'page_viewed',
  occurredAt: '2026-05-01T12:00:00.000Z',
  anonymousId: 'v',
}));

/** Runs `use` against a server that answers with `listener`. */
async function withServer<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  try {
    return await use(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const accepted = (count: number) =>
  JSON.stringify({ accepted: count, rejected: [{ index: 0, id: 'a', code: 'late' }] });

test('429 and 503 are tried again; the answer is told by reason code', async ({ expect }) => {
  const statuses = [503, 429, 202];
  const outcome = await withServer(
    (_, response) => void response.writeHead(statuses.shift() ?? 500).end(accepted(2)),
    (url) => sendBatch({ url, key: 'k', backoff, timeoutMs: 5_000 }, events),
  );
  expect(outcome).toEqual({ accepted: 2, rejected: { late: 1 } });
});

test('a key that is refused ends it at once, endless failure after the last try', async ({ expect }) => {
  let calls = 0;
  const answer = (status: number) => (url: string) =>
    sendBatch({ url: `${url}/?${status}`, key: 'k', backoff, timeoutMs: 5_000 }, events);
  await withServer(
    (_, response) => {
      calls += 1;
      response.writeHead(401).end('unknown key');
    },
    async (url) => expect(answer(401)(url)).rejects.toThrow('401: unknown key'),
  );
  expect(calls).toBe(1);
  await withServer(
    (_, response) => void response.writeHead(500).end(),
    async (url) => expect(answer(500)(url)).rejects.toThrow('in 4 tries: HTTP 500'),
  );
});

test('a batch that is too large goes in halves', async ({ expect }) => {
  const sizes: number[] = [];
  const outcome = await withServer(
    async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const count = JSON.parse(Buffer.concat(chunks).toString('utf8')).events.length;
      sizes.push(count);
      if (count > 1) response.writeHead(413).end();
      else response.writeHead(202).end('{"accepted":1,"rejected":[]}');
    },
    (url) => sendBatch({ url, key: 'k', backoff, timeoutMs: 5_000 }, events),
  );
  expect(outcome).toEqual({ accepted: 3, rejected: {} });
  expect(sizes).toEqual([3, 2, 1, 1, 1]);
});

test('pauses are jittered, capped, and never below Retry-After', ({ expect }) => {
  const slow = { baseMs: 100, capMs: 1_000, attempts: 9 };
  expect(pauseBefore(0, slow, 1, null, 0)).toBe(100);
  expect(pauseBefore(3, slow, 0.5, null, 0)).toBe(400);
  expect(pauseBefore(20, slow, 1, null, 0)).toBe(1_000);
  expect(pauseBefore(0, slow, 0, '2', 0)).toBe(2_000);
  expect(pauseBefore(0, slow, 0, '999999', 0)).toBe(60_000);
});

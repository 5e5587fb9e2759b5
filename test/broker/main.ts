/**
 * A queue broker that stands in for Cloudflare's in kill drills: it lives in a process of its own and keeps its messages on
 * disk. Speaks the HTTP of workerd's queue bindings (`POST /message`, `POST /batch`, queue in a header), delivers to the address
 * given by `POST /consumers`, and tells its state at `GET /stats`. Run: `node test/broker/main.ts <folder> [speed]`; prints its URL.
 */
import { createServer, type IncomingMessage } from 'node:http';
import { z } from 'zod';
import { QUEUE_HEADER } from '../../ops/runtime/broker-plugin.ts';
import { Broker } from './broker.ts';

const consumerSchema = z.object({
  queue: z.string(),
  url: z.string(),
  maxBatchSize: z.number().max(100).default(10),
  maxBatchTimeoutSeconds: z.number().default(5),
  maxRetries: z.number().default(3),
  deadLetterQueue: z.string().optional(),
});
const contentTypeSchema = z.enum(['text', 'json', 'bytes', 'v8']).default('v8');
const batchSchema = z.object({
  messages: z
    .array(z.object({ body: z.string(), contentType: contentTypeSchema, delaySecs: z.number().optional() }))
    .max(100),
});

const [folder, speed = '1'] = process.argv.slice(2);
if (!folder) throw new Error('usage: node test/broker/main.ts <folder> [speed]');
const broker = new Broker(folder, Number(speed));

async function answer(request: IncomingMessage): Promise<unknown> {
  const { pathname } = new URL(request.url ?? '/', 'http://broker');
  if (pathname === '/stats') return broker.stats();
  const body = await readBody(request);
  if (pathname === '/consumers') {
    const { queue, ...consumer } = consumerSchema.parse(JSON.parse(body.toString('utf8')));
    broker.consume(queue, consumer);
    return {};
  }
  const queue = z.string().parse(request.headers[QUEUE_HEADER.toLowerCase()]);
  const delaySeconds = Number(request.headers['x-msg-delay-secs'] ?? 0);
  if (pathname === '/message') {
    const contentType = contentTypeSchema.parse(request.headers['x-msg-fmt']);
    await broker.send(queue, [{ contentType, body: body.toString('base64'), delaySeconds }]);
  } else if (pathname === '/batch') {
    const { messages } = batchSchema.parse(JSON.parse(body.toString('utf8')));
    await broker.send(
      queue,
      messages.map(({ body, contentType, delaySecs = delaySeconds }) => ({
        body,
        contentType,
        delaySeconds: delaySecs,
      })),
    );
  } else throw new Error(`unknown path ${pathname}`);
  return { metadata: { metrics: { backlogCount: 0, backlogBytes: 0, oldestMessageTimestamp: 0 } } };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const server = createServer((request, response) => {
  answer(request).then(
    (value) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value)),
    (error: unknown) => response.writeHead(400).end(String(error)),
  );
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});

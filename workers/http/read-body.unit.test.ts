import { expect, test } from 'vitest';
import { readBoundedText } from './read-body.ts';

const MAX_BYTES = 1_000;

function request(body: BodyInit, headers: Record<string, string> = {}): Request {
  const init = { method: 'POST', body, headers, duplex: 'half' };
  return new Request('https://vitrine.example/', init as RequestInit);
}

/** Gives far more than the limit, and breaks for who reads on all the same. */
function endless(): ReadableStream<Uint8Array> {
  let given = 0;
  return new ReadableStream({
    pull(controller) {
      given += 1;
      if (given > MAX_BYTES) controller.error(new Error('read on'));
      else controller.enqueue(new TextEncoder().encode('x'.repeat(100)));
    },
  });
}

test('reads text with its length in bytes, framed or in chunks', async () => {
  const text = '{"name":"Schuhe für Ärzte 👟"}';
  const bytes = new TextEncoder().encode(text);
  const whole = { text, bytes: bytes.length };
  expect(await readBoundedText(request(bytes, { 'content-length': String(bytes.length) }), MAX_BYTES)).toEqual(whole);
  expect(await readBoundedText(request(new Blob([bytes]).stream()), MAX_BYTES)).toEqual(whole);
  const zipped = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'));
  expect(await readBoundedText(request(zipped, { 'content-encoding': 'gzip' }), MAX_BYTES)).toEqual(whole);
});

test('stops at the limit: of a body without end, of one that inflates to a thousand times it, and of one whose length is a lie', async () => {
  const inflating = new Blob(['x'.repeat(MAX_BYTES * 1_000)]).stream().pipeThrough(new CompressionStream('gzip'));
  for (const hostile of [
    request(endless()),
    request(endless(), { 'content-length': String(MAX_BYTES + 1) }),
    request(inflating, { 'content-encoding': 'gzip', 'content-length': '10' }),
    request('x'.repeat(MAX_BYTES + 1), { 'content-length': '10' }),
  ]) {
    await expect(readBoundedText(hostile, MAX_BYTES)).rejects.toMatchObject({ status: 413, code: 'body_too_large' });
  }
});

test('refuses bytes that are no UTF-8, framed or in chunks, and reads the next body as ever', async () => {
  const broken = new Uint8Array([0x22, 0xff, 0x22]);
  const framings: Record<string, string>[] = [{}, { 'content-length': '3' }];
  for (const headers of framings) {
    await expect(readBoundedText(request(broken, headers), MAX_BYTES)).rejects.toMatchObject({ status: 400 });
    expect((await readBoundedText(request('ok', headers), MAX_BYTES)).text).toBe('ok');
  }
});

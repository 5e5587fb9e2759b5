import fc from 'fast-check';
import { describe, it } from 'vitest';
import { eventLedger } from '../identity/ledger.ts';
import { checkEvent } from './check-event.ts';
import { enrichEvent } from './enrich.ts';
import { groupBatches, isSmallBody, MESSAGE_BYTES, packMessages, utf8Bytes } from './pack.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');

/** Packs the events of a body as the ingest does. */
function pack(body: string) {
  const { events } = JSON.parse(body) as { events: unknown[] };
  const accepted = events.map((candidate) => {
    const checked = checkEvent(candidate);
    if (!checked.ok) throw new Error(checked.refusal.message);
    return { ledger: eventLedger(checked.event), event: enrichEvent(checked.event, undefined, NOW) };
  });
  let ids = 0;
  return packMessages({
    site: 'shop',
    receivedAt: NOW,
    client: { device: 'desktop', bot: false },
    bodyBytes: utf8Bytes(body),
    events: accepted,
    newId: () => `message-${++ids}`,
  });
}

const wire = (anonymousId: string, id: string, properties: string) =>
  `{"id":"${id}","type":"custom","occurredAt":"2026-05-01T11:00:00Z","anonymousId":"${anonymousId}","properties":${properties}}`;

/** Text of JSON that grows most when it is written again, or is enriched. */
const hostileProperties = fc.constantFrom(
  `{"n":[${Array.from({ length: 150 }, () => '1e20').join()}]}`,
  `{"url":"https://a.b/?utm_campaign=${'%00'.repeat(80)}&utm_source=${'%C3%A9'.repeat(40)}"}`,
  `{"text":"${'é'.repeat(200)}"}`,
  '{}',
);

describe('packing', () => {
  it('keeps every message and batch within the queue’s limits, whatever the body holds', ({ expect }) => {
    const bodies = fc.array(fc.tuple(fc.constantFrom('ada', 'bob', 'cleo'), hostileProperties), {
      minLength: 1,
      maxLength: 300,
    });
    fc.assert(
      fc.property(bodies, (events) => {
        const body = `{"events":[${events.map(([visitor, properties], index) => wire(visitor, `e${index}`, properties)).join()}]}`;
        const messages = pack(body);
        for (const message of messages) {
          const written = utf8Bytes(JSON.stringify(message.body));
          expect(written).toBeLessThanOrEqual(message.bytes);
          expect(written).toBeLessThanOrEqual(MESSAGE_BYTES);
        }
        for (const batch of groupBatches(messages)) {
          expect(batch.length).toBeLessThanOrEqual(100);
          expect(utf8Bytes(JSON.stringify(batch.map((message) => message.body)))).toBeLessThanOrEqual(256_000);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('puts a visitor’s events of a small body into one message, in their order', ({ expect }) => {
    const body = `{"events":[${['1', '2', '3'].map((id) => wire(id === '2' ? 'bob' : 'ada', id, '{}')).join()}]}`;
    expect(isSmallBody(utf8Bytes(body))).toBe(true);
    expect(pack(body).map((message) => [message.body.ledger, message.body.events.map(({ id }) => id)])).toEqual([
      ['a/ada', ['1', '3']],
      ['a/bob', ['2']],
    ]);
  });
});

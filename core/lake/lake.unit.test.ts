import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { describe, it } from 'vitest';
import { eventSets, NOW } from '../../test/material/arbitrary-events.ts';
import { enrichEvent } from '../events/enrich.ts';
import type { WireEvent } from '../events/wire-event.ts';
import { eventOf, isIntact, type LakeRow, rowOf } from './columns.ts';
import { hashRange } from './hash-range.ts';
import { decodeLedgers, decodeRows, encodeRows } from './parquet.ts';
import { mergeRows, parquetKey, shardOfHash, shardsFor } from './partition.ts';
import { formatRaw, hourOfRawKey, parseRaw, type RawEvent, rawObjectKey } from './raw-object.ts';

const raws: fc.Arbitrary<RawEvent[]> = fc
  .tuple(eventSets, fc.infiniteStream(fc.record({ device: fc.constantFrom('a/x', 'a/y', 'u/ä'), minute: fc.nat(90) })))
  .map(([events, stream]) =>
    events.map((event) => {
      const { device, minute } = stream.next().value;
      return {
        ...event,
        v: 2,
        site: 'shop',
        ledger: device as RawEvent['ledger'],
        messageId: `m${minute}`,
        receivedAt: NOW + minute * 60_000,
        client: { device: 'mobile', bot: false, country: 'DE' },
        context: { note: 'ünï😀', deep: [1, { a: null }] },
        campaign: { source: 'mail', name: 'spring' },
      };
    }),
  );

const wire: WireEvent = {
  id: 'e1',
  type: 'product_viewed',
  occurredAt: '2026-05-20T11:00:00.000Z',
  anonymousId: 'x',
  userId: 'u',
  properties: { product_id: 'p1', price: 49.9, nested: { b: 1, a: [true, null] } },
  context: { page: { url: 'https://shop.example/p1?utm_source=mail' } },
};
const intact = (): RawEvent => ({
  ...enrichEvent(wire, undefined, NOW),
  v: 2,
  site: 'shop',
  ledger: 'a/x',
  messageId: 'm',
  receivedAt: NOW,
  client: { device: 'desktop', bot: false },
});

describe('a row of the lake', () => {
  it('holds all of its event, through Parquet and back', async ({ expect }) => {
    await fc.assert(
      fc.asyncProperty(raws, async (events) => {
        const back = (await decodeRows(await encodeRows(events.map(rowOf)))).map((row) => eventOf('shop', row));
        expect(back).toEqual(events.map((event) => JSON.parse(JSON.stringify(event))));
      }),
      { numRuns: 50 },
    );
  });

  it('is read by the range of its ledger’s hash, each range alone and all of them together, without decoding other groups', async ({
    expect,
  }) => {
    const [sample] = fc.sample(raws, 1)[0] ?? [];
    if (!sample) throw new Error('no event was drawn');
    const many = Array.from({ length: 3_000 }, (_, at) =>
      rowOf({ ...sample, id: `e${at}`, ledger: `a/visitor-${at}` as RawEvent['ledger'] }),
    );
    const { rows } = mergeRows([many]);
    const file = await encodeRows(rows);
    const idsOf = (some: readonly LakeRow[]) => some.map(({ event_id: id }) => String(id)).sort();
    for (const ranges of [1, 2, 8]) {
      const read: LakeRow[] = [];
      let decoded = 0;
      for (let range = 0; range < ranges; range += 1) {
        const part = await decodeLedgers(file, hashRange(range, ranges), ['event_id', 'ledger_hash'], async (units) => {
          decoded += units;
        });
        expect(part.length).toBeGreaterThan((3_000 / ranges) * 0.7);
        read.push(...part);
      }
      expect(idsOf(read)).toEqual(idsOf(rows));
      // A group of 400 rows may lie in two ranges.
      expect(decoded).toBeLessThanOrEqual(0.4 * (3_000 + ranges * 400));
    }
  });

  it('tells whether its event was altered', ({ expect }) => {
    const event = eventOf('shop', rowOf(intact()));
    expect(isIntact(event)).toBe(true);
    expect(isIntact({ ...event, properties: { ...event.properties, price: 4.99 } })).toBe(false);
    expect(isIntact({ ...event, ledger: 'a/y' })).toBe(false);
    expect(isIntact({ ...event, type: 'product_added' })).toBe(false);
  });

  it('is read by DuckDB with its types, and with statistics in the footer', async ({ expect }) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-lake-'));
    try {
      const file = path.join(folder, 'x.parquet');
      writeFileSync(
        file,
        await encodeRows(mergeRows([[rowOf(intact()), rowOf({ ...intact(), id: 'e2', userId: 'other' })]]).rows),
      );
      const connection = await (await DuckDBInstance.create()).connect();
      const read = await connection.runAndReadAll(
        `SELECT event_id, user_id, epoch_ms(time) AS ms, price, bot, utm_source, properties->>'$.nested.b' AS nested FROM '${file}' ORDER BY 1`,
      );
      expect(read.getRowObjectsJson()).toEqual([
        {
          event_id: 'e1',
          user_id: 'u',
          ms: String(Date.parse(wire.occurredAt)),
          price: 49.9,
          bot: false,
          utm_source: 'mail',
          nested: '1',
        },
        {
          event_id: 'e2',
          user_id: 'other',
          ms: String(Date.parse(wire.occurredAt)),
          price: 49.9,
          bot: false,
          utm_source: 'mail',
          nested: '1',
        },
      ]);
      const statistics = await connection.runAndReadAll(
        `SELECT stats_min_value AS low, stats_max_value AS high FROM parquet_metadata('${file}') WHERE path_in_schema = 'user_id'`,
      );
      expect(statistics.getRowObjectsJson()).toEqual([{ low: 'other', high: 'u' }]);
      connection.closeSync();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('an hour of the lake', () => {
  it('holds each event once, whatever came twice and in whatever order and parts', ({ expect }) => {
    fc.assert(
      fc.property(raws, fc.array(fc.nat(), { maxLength: 40 }), fc.nat(200), (events, twice, cut) => {
        const rows = events.map(rowOf);
        const again = [...rows, ...twice.map((n) => rows[n % rows.length] as LakeRow)];
        const whole = mergeRows([rows]).rows;
        expect(mergeRows([again.slice(cut).reverse(), again.slice(0, cut)]).rows).toEqual(whole);
        expect(mergeRows([mergeRows([again.slice(0, cut)]).rows, again.slice(cut)]).rows).toEqual(whole);
        expect(whole).toHaveLength(events.length);
      }),
      { numRuns: 100 },
    );
  });

  it('loses the rows of who was erased', ({ expect }) => {
    const { rows, erased } = mergeRows(
      [[rowOf(intact()), rowOf({ ...intact(), ledger: 'a/y' })]],
      (row) => row.ledger === 'a/x',
    );
    expect([rows.map((row) => row.ledger), erased]).toEqual([['a/y'], 1]);
  });

  it('is cut into twice the files when it grows, each ledger staying in the line of its file', ({ expect }) => {
    expect([shardsFor(10, 1), shardsFor(20_001, 1), shardsFor(100_000, 1), shardsFor(10, 4)]).toEqual([1, 2, 8, 4]);
    for (const ledger of ['a/x', 'a/y', 'u/z', 'a/0']) {
      const { ledger_hash: hash } = rowOf({ ...intact(), ledger: ledger as RawEvent['ledger'] });
      expect(shardOfHash(String(hash), 8) % 2).toBe(shardOfHash(String(hash), 2));
    }
  });

  it('has files named by content and by the commit before, in Hive partitions of event time', async ({ expect }) => {
    const bytes = await encodeRows([rowOf(intact())]);
    const key = parquetKey('shop', NOW / 3_600_000, bytes, 7);
    expect(key).toMatch(/^events\/site=shop\/date=2026-05-20\/hour=12\/[0-9a-f]{32}\.parquet$/);
    expect(parquetKey('shop', NOW / 3_600_000, bytes, 7)).toBe(key);
    expect(parquetKey('shop', NOW / 3_600_000, bytes, 8)).not.toBe(key);
    expect(hourOfRawKey(rawObjectKey('shop', NOW, 'x'))).toBe(NOW / 3_600_000);
  });
});

describe('a raw object', () => {
  it('is read line by line: a broken one spoils no other, and older versions are understood', ({ expect }) => {
    const { ledger: _, v: __, ...old } = intact();
    const text = `${formatRaw([intact()])}{"half\n${JSON.stringify({ ...old, v: 1, anonymousId: 'x' })}\n`;
    expect(parseRaw(text)).toEqual({ events: [intact(), intact()], broken: [2] });
  });
});

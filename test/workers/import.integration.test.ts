import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { PATIENCE } from './eventually.ts';
import { makeSite, send, type TestSite } from './site.ts';
import { failedReasonsOf, rollupsOf } from './stores.ts';

async function upload(site: TestSite, type: string, body: string | ReadableStream, query = '') {
  const response = await send(`/api/profiles/import${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': type },
    body,
  });
  const lines = (await response.text()).trim().split('\n');
  return { status: response.status, report: JSON.parse(lines.at(-1) ?? ''), lines: lines.length };
}

const traitsOf = async (site: TestSite, ledger: `u/${string}` | `a/${string}`) =>
  (await profileStub(env, site.id, ledger).readHere()).value.traits;
const imported = (site: TestSite, count: number) =>
  vi.waitUntil(async () => (await rollupsOf(site.id)).traits_imported === count, PATIENCE);

describe('POST /api/profiles/import', () => {
  it('takes NDJSON line by line, says which it refused and why, and counts the same file once', async ({ expect }) => {
    const site = await makeSite();
    const file = [
      { userId: 'ann', traits: { age: 41, plan: 'gold' }, source: 'crm', purpose: 'marketing' },
      { anonymousId: 'dev', traits: { vip: true } },
      { userId: 'ann', anonymousId: 'dev', traits: { a: 1 } },
      { userId: 'bob', traits: { list: [1] } },
      { userId: 'bob', traits: { a: 1 }, time: '2001-01-01T00:00:00Z' },
    ].map((row) => JSON.stringify(row));
    const body = `${file.join('\n')}\nno json\n`;
    const query = `?source=bureau&time=${encodeURIComponent(new Date(Date.now() - 60_000).toISOString())}`;
    const { report } = await upload(site, 'application/x-ndjson', body, query);
    expect(report).toMatchObject({ accepted: 2, refused: { count: 4 } });
    expect(report.refused.lines.map(({ line }: { line: number }) => line)).toEqual([3, 4, 5, 6]);
    expect(report.refused.lines[0].reason).toContain('either userId or anonymousId');
    expect(report.refused.lines[1].reason).toContain('traits.list');
    await imported(site, 2);
    expect(await traitsOf(site, 'u/ann')).toMatchObject({
      age: { value: 41, source: 'crm', purpose: 'marketing' },
      plan: { value: 'gold' },
    });
    expect(await traitsOf(site, 'a/dev')).toMatchObject({
      vip: { value: true, source: 'bureau', purpose: 'personalization' },
    });
    await upload(site, 'application/x-ndjson', body, query);
    await upload(site, 'application/x-ndjson', JSON.stringify({ userId: 'zed', traits: { last: 1 } }));
    await imported(site, 3);
    expect(await failedReasonsOf(site.id)).toEqual([]);
  });

  it('takes half a character, in a value and in a name, as U+FFFD', async ({ expect }) => {
    const site = await makeSite();
    const row = JSON.stringify({ userId: 'ann', traits: { note: 'Trail \ud83d', 'n\ud83d': 1 } });
    const { report } = await upload(site, 'application/x-ndjson', row);
    expect(report).toMatchObject({ accepted: 1 });
    await imported(site, 1);
    const traits = await traitsOf(site, 'u/ann');
    expect(Object.entries(traits).map(([name, { value }]) => [name, value])).toEqual([
      ['note', 'Trail \ufffd'],
      ['n\ufffd', 1],
    ]);
  });

  it('takes CSV with quotes, and numbers that are none as texts', async ({ expect }) => {
    const site = await makeSite();
    const csv = 'userId,city,postcode,score,vip,empty\nann,"Köln, ""Dom""",00123,4.5,true,\n';
    expect((await upload(site, 'text/csv', csv)).report).toMatchObject({ accepted: 1, refused: { count: 0 } });
    await imported(site, 1);
    const traits = await traitsOf(site, 'u/ann');
    expect(Object.fromEntries(Object.entries(traits).map(([name, { value }]) => [name, value]))).toEqual({
      city: 'Köln, "Dom"',
      postcode: '00123',
      score: 4.5,
      vip: true,
    });
    expect((await upload(site, 'text/csv', 'userId,a\n"ann,1\n')).report.refused.count).toBe(1);
    expect((await upload(site, 'application/json', '{}')).status).toBe(415);
  });

  it('takes each row for itself: accepted and refused are all rows of the file, with their true lines', async ({
    expect,
  }) => {
    const site = await makeSite();
    const rows = Array.from({ length: 200 }, (_, n) => `u${n + 1},Basel,silver`);
    for (const [at, bad] of [
      [1, 'x,Basel,silver,'],
      [98, 'x,Basel'],
      [197, '"x,Basel,silver'],
    ] as const) {
      const csv = ['userId,city,tier', ...rows.with(at, bad)].join('\r\n');
      const { report } = await upload(site, 'text/csv', csv);
      expect(report).toMatchObject({ accepted: 199, refused: { count: 1 } });
      expect(report.refused.lines.map(({ line }: { line: number }) => line)).toEqual([at + 2]);
    }
  }, 30_000);

  it('takes files as they come: marks, UTF-16, windows-1252, line ends, semicolons, gzip', async ({ expect }) => {
    const csv = 'userId;city;screen\nann;Köln;27" wide\nbob;"Bern\nWest";24"\n';
    const utf16 = (big: boolean) => {
      const bytes = new Uint8Array(2 + csv.length * 2);
      const view = new DataView(bytes.buffer);
      for (const [index, unit] of [0xfeff, ...[...csv].map((one) => one.charCodeAt(0))].entries())
        view.setUint16(index * 2, unit, !big);
      return bytes;
    };
    const gzip = async (bytes: BodyInit) =>
      new Uint8Array(
        await new Response(new Response(bytes).body?.pipeThrough(new CompressionStream('gzip'))).arrayBuffer(),
      );
    const files: [string, Uint8Array | string][] = [
      ['UTF-8', csv],
      ['a mark and CRLF', `\ufeff${csv.replaceAll('\n', '\r\n')}`],
      ['lone CR', csv.replaceAll('\n', '\r')],
      ['UTF-16LE', utf16(false)],
      ['UTF-16BE', utf16(true)],
      ['windows-1252', Uint8Array.from(csv, (one) => one.charCodeAt(0))],
      ['gzip that nobody said', await gzip(csv)],
      ['gzip of a marked file', await gzip(`\ufeff${csv}`)],
    ];
    for (const [name, body] of files) {
      const site = await makeSite();
      const response = await send('/api/profiles/import', {
        method: 'POST',
        headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'text/csv' },
        body,
      });
      const report = JSON.parse((await response.text()).trim().split('\n').at(-1) ?? '');
      expect([name, report]).toEqual([name, { accepted: 2, refused: { count: 0, lines: [] } }]);
      await imported(site, 2);
      const { city, screen } = await traitsOf(site, 'u/ann');
      expect([name, city?.value, screen?.value]).toEqual([name, 'Köln', '27" wide']);
      expect((await traitsOf(site, 'u/bob')).city?.value.toString().split(/\r\n|\r|\n/)).toEqual(['Bern', 'West']);
    }
  }, 30_000);

  it('lets the later row of one person win, and refuses ids of nobody', async ({ expect }) => {
    const site = await makeSite();
    const rows = [
      { userId: 42, traits: { plan: 'free' } },
      { userId: 42, traits: { plan: 'gold' } },
      { userId: '42', traits: { plan: 'silver' } },
      { userId: 'undefined', traits: { plan: 'x' } },
      { userId: 0, traits: { plan: 'x' } },
    ];
    const { report } = await upload(site, 'application/x-ndjson', rows.map((row) => JSON.stringify(row)).join('\n'));
    expect(report).toMatchObject({ accepted: 3, refused: { count: 2 } });
    await imported(site, 3);
    expect((await traitsOf(site, 'u/42')).plan?.value).toBe('silver');
  });

  it('says what it cannot read at all', async ({ expect }) => {
    const site = await makeSite();
    for (const [start, status] of [
      ['PK\u0003\u0004', 415],
      ['\u001f\u008bnot gzip', 400],
    ] as const) {
      const response = await send('/api/profiles/import', {
        method: 'POST',
        headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'text/csv' },
        body: Uint8Array.from(start, (one) => one.charCodeAt(0)),
      });
      expect(response.status).toBe(status);
    }
  });

  it('streams a long file and tells of progress', async ({ expect }) => {
    const site = await makeSite();
    const rows = 5_500;
    let row = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (row >= rows) return controller.close();
        row += 1;
        controller.enqueue(new TextEncoder().encode(`${JSON.stringify({ userId: `u${row}`, traits: { row } })}\n`));
      },
    });
    const { report, lines } = await upload(site, 'application/x-ndjson', body);
    expect(report).toMatchObject({ accepted: rows, refused: { count: 0 } });
    expect(lines).toBe(3);
  });
});

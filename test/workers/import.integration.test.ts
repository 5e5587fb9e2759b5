import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { profileStub } from '../../stores/objects/profile-stub.ts';
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
  vi.waitUntil(async () => (await rollupsOf(site.id)).traits_imported === count, { timeout: 10_000 });

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

  it('streams a long file and tells of progress', async ({ expect }) => {
    const site = await makeSite();
    const rows = 5_000;
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
    expect(lines).toBe(6);
  });
});

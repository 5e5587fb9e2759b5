import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'vitest';
import { compareHistories } from './compare-histories.ts';
import { readVisits } from './read-visits.ts';

const START = 1_700_000_000;
const HOUR = 3_600;

/** A log of visitors who come each day for the next products of the shelf on which they began. */
function logOf(visitors: number, days: number): string {
  const lines: string[] = ['not a line of the log'];
  for (let day = 0; day < days; day += 1)
    for (let visitor = 0; visitor < visitors; visitor += 1)
      for (let view = 0; view < 3 + (visitor % 4); view += 1) {
        const item = (visitor % 40) * 100 + ((day * 3 + view) % 12);
        const time = START + day * 24 * HOUR + visitor * 60 + view * 30;
        lines.push(`${visitor},${item},${visitor % 40},${view === 2 ? 'cart' : 'pv'},${time}`);
      }
  return lines.join('\n');
}

async function visitsOf(log: string) {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-eval-'));
  try {
    const file = path.join(folder, 'events.csv');
    writeFileSync(file, log.replace('not a line of the log\n', ''));
    return await readVisits(file);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe('a click log', () => {
  it('is cut into sessions by visitor, each with what came before it', async ({ expect }) => {
    const lines = ['1,10,7,pv,0', '1,11,7,cart,1800', '2,99,7,pv,1900', '1,12,7,pv,3601', '1,10,7,buy,3700'];
    const visits = await visitsOf(
      lines.map((line) => line.replace(/\d+$/, (time) => String(START + Number(time)))).join('\n'),
    );
    expect(
      visits.map(({ visitor, touches, earlier }) => [
        visitor,
        touches.map(({ item, kind }) => `${item} ${kind}`).join(),
        earlier.map(({ item }) => item).join(),
      ]),
    ).toEqual([
      ['tb-1', '10 view,11 cart', ''],
      ['tb-2', '99 view', ''],
      ['tb-1', '12 view,10 order', '10,11'],
    ]);
  });

  it('shows what earlier sessions are worth', async ({ expect }) => {
    const compared = new Map(compareHistories(await visitsOf(logOf(200, 8))).map((one) => [one.name, one]));
    const [served, session] = [compared.get('as served'), compared.get('this session only')];
    expect(served?.gain).toEqual({ hr20: 0, hr20Error: 0, mrr20: 0, mrr20Error: 0 });
    expect(served?.first.hr20).toBeGreaterThan(0.8);
    expect(session?.first).toMatchObject({ questions: served?.first.questions, hr20: 0, mrr20: 0 });
    expect(session?.gain.hr20).toBeLessThan(0);
    expect(session?.gain.hr20Error).toBeGreaterThan(0);
  });
});

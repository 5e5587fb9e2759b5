import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../../ops/seeded-random.ts';

/** Taobao's published click log, where it lies beside the repository: https://tianchi.aliyun.com/dataset/649. */
const REAL = fileURLToPath(new URL('../../../shared/data/taobao/events.csv', import.meta.url));
const LINES = 8_000;
const DAY_SECONDS = 86_400;
const NEWEST = Date.parse('2017-12-03T16:00:00Z') / 1_000;

/**
 * A click log in Taobao's form: user, item, category, behaviour (`pv`, `cart`, `fav`, `buy`), seconds since 1970. The published one where it
 * is there, else one made here, which has its flaws as well: an event far older than the others, and a last line that is cut off.
 */
export function taobaoLog(): string {
  if (existsSync(REAL)) return REAL;
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'vitrine-taobao-')), 'events.csv');
  const random = seededRandom(20_171_203);
  const lines = Array.from({ length: LINES }, (_, number) => {
    const draw = random();
    const behaviour = draw < 0.9 ? 'pv' : draw < 0.953 ? 'cart' : draw < 0.98 ? 'fav' : 'buy';
    const age = number === 4_000 ? 40 * DAY_SECONDS : number === 4_001 ? 0 : Math.floor(random() * 9 * DAY_SECONDS);
    return [
      Math.floor(random() * 900),
      Math.floor(random() ** 2 * 4_000),
      Math.floor(random() * 200),
      behaviour,
      NEWEST - age,
    ].join(',');
  });
  writeFileSync(file, `${lines.join('\n')}\n12,99`);
  return file;
}

import { seededRandom } from '../../ops/seeded-random.ts';

const HOUR_MS = 3_600_000;

interface LogOptions {
  readonly seed: number;
  readonly events: number;
  readonly visitors: number;
  /** Time of the newest event, ms since 1970. */
  readonly endMs: number;
  /** Share of lines that repeat an earlier line word for word. */
  readonly repeats: number;
}

/** A click log of seeded visitors over nine days, as NDJSON lines in no order of time; some lines come twice. */
export function generateLog({ seed, events, visitors, endMs, repeats }: LogOptions): string[] {
  const random = seededRandom(seed);
  const lines: string[] = [];
  for (let number = 1; number <= events; number += 1) {
    const again = random() < repeats ? lines[Math.floor(random() * lines.length)] : undefined;
    if (again !== undefined) {
      lines.push(again);
      continue;
    }
    const id = `e${seed}-${number}`;
    const product = { product_id: `p${Math.floor(random() ** 2 * 500)}`, category: `c${Math.floor(random() * 12)}` };
    const draw = random();
    const type =
      draw < 0.85 ? 'product_viewed' : draw < 0.93 ? 'product_added' : draw < 0.97 ? 'page_viewed' : 'order_completed';
    lines.push(
      JSON.stringify({
        id,
        type,
        occurredAt: new Date(endMs - Math.floor(random() * 216 * HOUR_MS)).toISOString(),
        anonymousId: `v${Math.floor(random() * visitors)}`,
        properties:
          type === 'order_completed' ? { order_id: id, products: [product] } : type === 'page_viewed' ? {} : product,
      }),
    );
  }
  return lines;
}

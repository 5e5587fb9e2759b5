import { median } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';

const SMALL = 100;
const LARGE = 100_000;
/** Events a call while a profile is filled. */
const FILL_EVENTS = 500;
/** The history spans this much event time, inside the dedup horizon. */
const SPAN_MS = 12 * 86_400_000;
const CALLS = 40;
const ROUNDS = 11;
/** "Costs what one with 100 costs", with room for the noise of a machine that does other things. */
const SAME = { compare: '<=', bound: 1.5 } as const;

/** How the cost of one apply and one read grows from 100 to 100,000 events behind a profile. */
export function benchGrowth(): Promise<Result[]> {
  return withWorker('counted', { queue: 'unconsumed' }, async (running) => {
    const names = { small: 'bench/a/small', large: 'bench/a/large' };
    await fill(running, names.small, SMALL);
    await fill(running, names.large, LARGE);
    const cost = {
      applySmall: [] as number[],
      applyLarge: [] as number[],
      readSmall: [] as number[],
      readLarge: [] as number[],
    };
    for (let round = 0; round <= ROUNDS; round += 1) {
      const applySmall = await perCall(running, 'apply', names.small);
      const applyLarge = await perCall(running, 'apply', names.large);
      const readSmall = await perCall(running, 'read', names.small);
      const readLarge = await perCall(running, 'read', names.large);
      if (round === 0) continue;
      cost.applySmall.push(applySmall);
      cost.applyLarge.push(applyLarge);
      cost.readSmall.push(readSmall);
      cost.readLarge.push(readLarge);
    }
    const rows = {
      small: await rowsPerApply(running, names.small),
      large: await rowsPerApply(running, names.large),
    };
    return [
      measured('growth.apply_ms_100_events', median(cost.applySmall), 'ms'),
      measured('growth.apply_ms_100000_events', median(cost.applyLarge), 'ms'),
      measured('growth.apply_ratio', median(cost.applyLarge) / median(cost.applySmall), 'x', SAME),
      measured('growth.read_ms_100_events', median(cost.readSmall), 'ms'),
      measured('growth.read_ms_100000_events', median(cost.readLarge), 'ms'),
      measured('growth.read_ratio', median(cost.readLarge) / median(cost.readSmall), 'x', SAME),
      measured('growth.rows_written_per_apply_100_events', rows.small, 'rows', { compare: '<=', bound: 2 }),
      measured('growth.rows_written_per_apply_100000_events', rows.large, 'rows', { compare: '<=', bound: 2 }),
    ];
  });
}

async function fill({ client }: Running, name: string, events: number): Promise<void> {
  const size = Math.min(FILL_EVENTS, events);
  const spacingMs = Math.floor(SPAN_MS / events);
  for (let done = 0; done < events; done += size) {
    const from = Date.now() - SPAN_MS + done * spacingMs;
    const query = new URLSearchParams({
      name,
      times: '1',
      events: `${size}`,
      from: `${from}`,
      spacingMs: `${spacingMs}`,
    });
    await client.expect(200, { method: 'POST', path: `/bench/apply?${query}` });
  }
}

/** ms a call, over calls that follow each other inside the Worker. */
async function perCall({ client }: Running, kind: 'apply' | 'read', name: string): Promise<number> {
  const query = new URLSearchParams({ name, times: `${CALLS}` });
  const { ms } = await client.expect(200, { method: 'POST', path: `/bench/${kind}?${query}` });
  return ms / CALLS;
}

async function rowsPerApply(running: Running, name: string): Promise<number> {
  await running.client.expect(200, { path: '/bench/counters' });
  await perCall(running, 'apply', name);
  const { body } = await running.client.expect(200, { path: '/bench/counters' });
  return (JSON.parse(body) as { rowsWritten: number }).rowsWritten / CALLS;
}

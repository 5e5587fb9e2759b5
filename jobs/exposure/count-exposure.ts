import { DayCounter } from '../../core/rates/day-counter.ts';
import { productsOf, RATED_COLUMNS, ratedEvent } from '../../core/rates/read-event.ts';
import { exposureOf } from '../../core/recommend/exposure.ts';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { catalogStub } from '../../stores/catalog/catalog-stub.ts';
import { readParquet } from '../../stores/lake/parquet-files.ts';
import { listPartitions } from '../../stores/lake/partitions.ts';
import { writeExposure } from '../../stores/model/exposure-days.ts';
import { renewRates } from './renew-rates.ts';

const SLICE_ROWS = 500;
/** Products whose counts are held at once; those that come after are not counted apart. */
const MAX_PRODUCTS = 500_000;

/**
 * Counts what the slots of a site have shown on a day (since 1970), from its lake: writes down how wide it was, and renews the rates of its products by what
 * became of it.
 */
export async function countExposure(env: Env, site: string, day: number): Promise<void> {
  const [from, to] = [(day * DAY_MS) / HOUR_MS, ((day + 1) * DAY_MS) / HOUR_MS - 1];
  const counts = new Map<string, number>();
  const counter = new DayCounter();
  const slice = new WorkSlice(SLICE_ROWS, rest);
  for (const { files } of await listPartitions(env, site, from, to))
    for (const { key } of files)
      for (const row of await readParquet(env, key, RATED_COLUMNS)) {
        if (slice.spend(1)) await slice.pause();
        const shown = row.type === 'recommendation_shown' && row.bot !== true ? productsOf(row) : undefined;
        const rated = ratedEvent(row, shown);
        if (rated) counter.add(rated);
        for (const id of shown ?? [])
          if (counts.has(id) || counts.size < MAX_PRODUCTS) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
  const { shown: catalogue } = await catalogStub(env, site).size();
  await renewRates(env, site, day, counter.end());
  await writeExposure(env, site, day, exposureOf(counts, catalogue));
}

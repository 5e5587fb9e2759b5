import { z } from 'zod';
import { exposureOf } from '../../core/recommend/exposure.ts';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { rest } from '../../stores/breathe.ts';
import { catalogStub } from '../../stores/catalog/catalog-stub.ts';
import { readParquet } from '../../stores/lake/parquet-files.ts';
import { listPartitions } from '../../stores/lake/partitions.ts';
import { writeExposure } from '../../stores/model/exposure-days.ts';

const COLUMNS = ['type', 'bot', 'properties'];
const SLICE_ROWS = 500;
/** Products whose counts are held at once; those that come after are not counted apart. */
const MAX_PRODUCTS = 500_000;

const shownSchema = z.object({ products: z.array(z.object({ product_id: z.coerce.string() })) });

/** Counts what the slots of a site have shown on a day (since 1970), from its lake, and writes down how wide it was. */
export async function countExposure(env: Env, site: string, day: number): Promise<void> {
  const [from, to] = [(day * DAY_MS) / HOUR_MS, ((day + 1) * DAY_MS) / HOUR_MS - 1];
  const counts = new Map<string, number>();
  const slice = new WorkSlice(SLICE_ROWS, rest);
  for (const { files } of await listPartitions(env, site, from, to))
    for (const { key } of files)
      for (const { type, bot, properties } of await readParquet(env, key, COLUMNS)) {
        if (slice.spend(1)) await slice.pause();
        if (type !== 'recommendation_shown' || bot === true || typeof properties !== 'string') continue;
        const shown = shownSchema.safeParse(JSON.parse(properties));
        for (const { product_id: id } of shown.data?.products ?? [])
          if (counts.has(id) || counts.size < MAX_PRODUCTS) counts.set(id, (counts.get(id) ?? 0) + 1);
      }
  const { shown: catalogue } = await catalogStub(env, site).size();
  await writeExposure(env, site, day, exposureOf(counts, catalogue));
}

import { ratesOf } from '../../core/rates/item-rates.ts';
import { addCounts, mostSeen, type SlotCounts } from '../../core/rates/place-counts.ts';
import { countsBefore, writeRates } from '../../stores/model/item-rates.ts';
import { amendModel } from '../publish/amend-model.ts';

/** Days after which what was counted counts half. */
const HALF_LIFE_DAYS = 30;
/** Products, each in a slot, whose counts are kept: those that were seen most. */
const KEPT_PAIRS = 20_000;

/** Adds a day (since 1970) to what was counted before, makes the rates that follow, and has the model that serves go by them, unless a rollback holds it. */
export async function renewRates(env: Env, site: string, day: number, counted: SlotCounts): Promise<void> {
  const before = await countsBefore(env, site, day);
  if (!before && counted.size === 0) return;
  const counts: SlotCounts = new Map();
  addCounts(counts, counted);
  if (before) addCounts(counts, before.counts, 2 ** (-(day - before.day) / HALF_LIFE_DAYS));
  const kept = mostSeen(counts, KEPT_PAIRS);
  const rates = await writeRates(env, site, day, kept, ratesOf(kept));
  await amendModel(env, site, (manifest) => (manifest.rates && manifest.rates.day > day ? undefined : { rates }));
}

import type { OddEvent } from '../../core/anomalies/shape-model.ts';
import { emptyMinute, type MinuteTally } from '../../core/pulse/minute.ts';
import type { TailLine } from '../../core/pulse/tail.ts';
import { MINUTE_MS } from '../../core/time.ts';
import { log } from '../log.ts';
import { pulseStub } from './pulse-stub.ts';
import { followShapeModels } from './shape-models.ts';

/** The tally of the minute of a time, ms since 1970; made where there is none. */
export function minuteOf(minutes: Map<number, MinuteTally>, time: number): MinuteTally {
  const minute = Math.floor(time / MINUTE_MS);
  const held = minutes.get(minute) ?? emptyMinute();
  minutes.set(minute, held);
  return held;
}

/** Tells a site's pulse what came, and shows it to who watches: the lines are written only then. Never throws; what is not heard is not counted. */
export async function sendPulse(
  env: Env,
  site: string,
  minutes: ReadonlyMap<number, MinuteTally>,
  lines: () => readonly TailLine[],
  odd: readonly OddEvent[] = [],
): Promise<void> {
  try {
    const pulse = pulseStub(env, site);
    const { tails, shapes } = await pulse.add({ v: 1, site, minutes: [...minutes], odd });
    await followShapeModels(env, site, shapes);
    if (tails > 0) await pulse.show({ v: 1, lines: lines() });
  } catch (error) {
    log('pulse_not_told', { site, error: String(error) });
  }
}

import { createHash } from 'node:crypto';
import type { AppliedEvents } from '../../core/events/applied-events.ts';
import { rawEvents, rawObjectKey } from '../../core/lake/raw-object.ts';
import { HOUR_MS } from '../../core/time.ts';
import { putRaw } from '../../stores/lake/raw-objects.ts';
import { offerRows } from '../../stores/warehouse/offer.ts';

/**
 * Appends the events that count under these messages to the lake: one object for each hour of arrival, gzipped NDJSON. Written
 * again after a crash, perhaps in another grouping; compaction keeps one line for each profile and event id.
 */
export async function writeLake(env: Env, site: string, applied: readonly AppliedEvents[]): Promise<void> {
  const hours = Map.groupBy(applied, ({ message }) => Math.floor(message.receivedAt / HOUR_MS));
  await Promise.all(
    [...hours].map(async ([hour, group]) => {
      const lines = group.flatMap(({ message, outcomes }) =>
        rawEvents(message, (index) => outcomes[index] === 'counted'),
      );
      if (lines.length === 0) return;
      const name = createHash('sha256');
      for (const id of group.map(({ message }) => message.id).sort()) name.update(id);
      const key = rawObjectKey(site, hour * HOUR_MS, name.digest('hex').slice(0, 32));
      await putRaw(env, key, lines);
      await offerRows(env, site, key);
    }),
  );
}

import { warehouseMessageSchema } from '../../core/warehouse/message.ts';
import { log } from '../../stores/log.ts';
import { noteDeadLetter } from '../../stores/pulse/gather-pulse.ts';
import { DEAD_LETTER_CAP_SECONDS, retryLater } from '../retry-later.ts';

/**
 * The consumer of `vitrine-clickhouse-dead`: what a hundred tries could not write. Rows are in the lake, from which `npm run clickhouse -- backfill` writes
 * them; it is told of, and an alert calls. A deletion is in no other place: it is tried for as long as the queue keeps it.
 */
export async function consumeDeadClickHouse(batch: MessageBatch, env: Env): Promise<void> {
  for (const message of batch.messages) {
    const { data } = warehouseMessageSchema.safeParse(message.body);
    if (data) {
      log('clickhouse_given_up', { site: data.site, kind: data.kind });
      noteDeadLetter(env, data.site);
    }
    try {
      if (data?.kind === 'erase') await env.CLICKHOUSE.send(data);
      message.ack();
    } catch (error) {
      log('clickhouse_not_requeued', { error: String(error) });
      retryLater(message, DEAD_LETTER_CAP_SECONDS);
    }
  }
}

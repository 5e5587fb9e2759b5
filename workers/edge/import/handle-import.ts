import { eventOfRecord, eventOfRow, joinOrders } from '../../../core/collect/event-rows.ts';
import { checkBounded } from '../../../core/events/check-bounded.ts';
import { authorizePrivate } from '../../http/authorize.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { MEASURED_BYTES } from '../ingest/limits.ts';
import { importQuerySchema } from './operation.ts';
import { rowsOfRequest } from './rows-of-request.ts';
import { importSource } from './source.ts';
import { takeRows } from './take-rows.ts';

/**
 * `POST /v/import`: events of a file, of any age, streamed. Those inside the dedup horizon go the way of all events; older ones go to the lake as
 * history.
 */
export async function handleImport(request: Request, env: Env): Promise<Response> {
  const url = new URL(request.url);
  const site = await authorizePrivate(request, url, env, 'events');
  const { type, from } = checkedQuery(importQuerySchema, Object.fromEntries(url.searchParams));
  const rows = joinOrders(await rowsOfRequest(request, eventOfRecord), type);
  return takeRows(env, {
    site,
    source: { ...importSource(site, Date.now()), takesHistory: true },
    rows,
    from,
    meaning(row) {
      const checked = checkBounded(eventOfRow(row, type), MEASURED_BYTES);
      return checked.ok ? checked : { refusal: checked.refusal };
    },
  });
}

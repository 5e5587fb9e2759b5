import { z } from 'zod';

/** Which failed events are meant; all that is said must hold. Times in ms since 1970. */
export interface FailedFilter {
  readonly reason?: string | undefined;
  readonly path?: string | undefined;
  readonly type?: string | undefined;
  /** The version of the schema that it does not keep to. */
  readonly schema?: number | undefined;
  /** The event's own id. */
  readonly eventId?: string | undefined;
  readonly since?: number | undefined;
  readonly until?: number | undefined;
}

const rowSchema = z
  .object({
    id: z.string(),
    time: z.int(),
    reason: z.string(),
    path: z.string(),
    type: z.string().nullable(),
    event_id: z.string().nullable(),
    payload: z.string(),
    by_server: z.int(),
    schema_version: z.int().nullable(),
  })
  .transform(({ event_id: eventId, payload: place, by_server: byServer, schema_version: schemaVersion, ...row }) => ({
    ...row,
    eventId,
    place,
    byServer: byServer === 1,
    schemaVersion,
  }));
export type FailedRow = z.infer<typeof rowSchema>;

const COLUMNS = 'id, time, reason, path, type, event_id, payload, by_server, schema_version';

function conditions({ reason, path, type, schema, eventId, since, until }: FailedFilter) {
  const parts: [sql: string, value: string | number | undefined][] = [
    ['reason = ?', reason],
    ['path = ?', path],
    ['type = ?', type],
    ['schema_version = ?', schema],
    ['event_id = ?', eventId],
    ['time >= ?', since],
    ['time < ?', until],
  ];
  const given = parts.filter(([, value]) => value !== undefined);
  return {
    sql: given.map(([sql]) => ` AND ${sql}`).join(''),
    values: given.map(([, value]) => value as string | number),
  };
}

/** Failed events in the order in which they failed, after a place: the time and id of the last one. */
export async function listFailed(
  env: Env,
  site: string,
  filter: FailedFilter,
  after: { readonly time: number; readonly id: string },
  limit: number,
): Promise<FailedRow[]> {
  const { sql, values } = conditions(filter);
  const { results } = await env.DB.prepare(
    `SELECT ${COLUMNS} FROM failed_events WHERE site = ? AND (time, id) > (?, ?)${sql} ORDER BY time, id LIMIT ?`,
  )
    .bind(site, after.time, after.id, ...values, limit)
    .all();
  return z.array(rowSchema).parse(results);
}

/** Failed events by their keys; what is not there any more is missing. */
export async function readFailed(
  env: Env,
  site: string,
  keys: readonly { readonly time: number; readonly id: string }[],
): Promise<FailedRow[]> {
  const { results } = await env.DB.prepare(
    `SELECT ${COLUMNS} FROM failed_events WHERE site = ?1
       AND (time, id) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2))`,
  )
    .bind(site, JSON.stringify(keys.map(({ time, id }) => [time, id])))
    .all();
  return z.array(rowSchema).parse(results);
}

const causeSchema = z
  .object({
    reason: z.string(),
    path: z.string(),
    type: z.string().nullable(),
    events: z.int(),
    first: z.int(),
    last: z.int(),
  })
  .transform(({ first, last, ...cause }) => ({
    ...cause,
    firstAt: new Date(first).toISOString(),
    lastAt: new Date(last).toISOString(),
  }));
export type FailedCause = z.infer<typeof causeSchema>;

/** Failed events grouped by reason, place of the fault and type, most first. */
export async function failedCauses(
  env: Env,
  site: string,
  filter: FailedFilter,
  limit: number,
): Promise<FailedCause[]> {
  const { sql, values } = conditions(filter);
  const { results } = await env.DB.prepare(
    `SELECT reason, path, type, COUNT(*) AS events, MIN(time) AS first, MAX(time) AS last FROM failed_events
       WHERE site = ?${sql} GROUP BY reason, path, type ORDER BY events DESC, last DESC LIMIT ?`,
  )
    .bind(site, ...values, limit)
    .all();
  return z.array(causeSchema).parse(results);
}

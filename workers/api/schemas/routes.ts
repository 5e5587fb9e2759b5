import { Hono } from 'hono';
import { BUILTIN_PREFIX } from '../../../core/schemas/builtin-schemas.ts';
import { doorSchema } from '../../../core/schemas/door.ts';
import { maskedFaults } from '../../../core/schemas/json/personal.ts';
import { DAY_MS } from '../../../core/time.ts';
import { forgetDoors } from '../../../stores/schemas/current-doors.ts';
import { readPersonalPlaces } from '../../../stores/schemas/personal-places.ts';
import { readDoors, writeSettings } from '../../../stores/schemas/subjects.ts';
import { latestVersions, versionsOf } from '../../../stores/schemas/versions.ts';
import { readWatched } from '../../../stores/schemas/watched.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { auditOf } from '../../http/audit.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { HttpError } from '../../http/error.ts';
import { readJson, readParam } from '../../http/read-json.ts';
import { schemasSchema, typeSchema, watchedQuerySchema, watchedSchema } from './operation.ts';

/** Twenty constraints of 2,048 characters, as JSON. */
const MAX_BODY_BYTES = 200_000;
const MAX_FAULTS = 200;
/** Types that are checked, at most: an isolate holds the schemas of all. */
const MAX_DOORS = 200;
const NO_DOOR = doorSchema.parse({});

/** `/api/schemas`: what events are held against when they come in, and what that would refuse. The schemas themselves are at `/registry`. */
export const schemaDoorRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const site = c.get('site').id;
    const [doors, latest] = await Promise.all([readDoors(c.env, site), latestVersions(c.env, site)]);
    const types = [...new Set([...doors.keys(), ...latest.keys()])].sort();
    return answer(schemasSchema, {
      schemas: types.map((type) => ({ type, latest: latest.get(type) ?? null, door: doors.get(type) ?? NO_DOOR })),
    });
  })
  .get('/watched', async (c) => {
    const { type: subject, days } = checkedQuery(watchedQuerySchema, c.req.query());
    const sinceDay = Math.floor(Date.now() / DAY_MS) - days + 1;
    const rows = await readWatched(c.env, c.get('site').id, { subject, sinceDay, limit: MAX_FAULTS });
    const types = rows.map((row) => row.subject);
    const placesOf = await readPersonalPlaces(c.env, c.get('site').id, types);
    return answer(watchedSchema, {
      faults: rows.map(({ subject: type, firstDay, lastDay, message, ...row }) => ({
        type,
        ...row,
        message: maskedFaults(message, placesOf(type)),
        firstDay: dateOf(firstDay),
        lastDay: dateOf(lastDay),
      })),
    });
  })
  .put('/:type/door', async (c) => {
    const site = c.get('site').id;
    const type = readParam(typeSchema, c.req.param('type'), 'invalid_type');
    if (type.startsWith(BUILTIN_PREFIX))
      throw new HttpError(
        400,
        `type: "${type}" is built in. Events are held against "${type.slice(BUILTIN_PREFIX.length)}".`,
        {
          code: 'invalid_type',
        },
      );
    const door = await readJson(c.req.raw, doorSchema, { maxBytes: MAX_BODY_BYTES, code: 'invalid_door' });
    const doors = await readDoors(c.env, site);
    if (!doors.has(type) && doors.size >= MAX_DOORS)
      throw new HttpError(400, `${MAX_DOORS} types are checked already, which is as many as there may be.`, {
        code: 'too_many_doors',
      });
    if (door.mode !== 'off') await mustBeThere(c.env, site, type, door.version, door.constraints.length);
    await writeSettings(
      c.env,
      site,
      type,
      { door },
      auditOf(c, 'door.changed', type, { from: doors.get(type) ?? null, to: door }),
    );
    forgetDoors(site);
    return answer(doorSchema, door);
  });

/** A door without anything to hold events against would promise what it does not do. */
async function mustBeThere(
  env: Env,
  site: string,
  type: string,
  version: number | null,
  constraints: number,
): Promise<void> {
  const live = (await versionsOf(env, site, type)).filter((one) => !one.isDeleted && one.type === 'JSON');
  if (version === null ? live.length > 0 || constraints > 0 : live.some((one) => one.version === version)) return;
  const what = version === null ? 'no JSON Schema' : `no version ${version} in JSON Schema`;
  throw new HttpError(404, `"${type}" has ${what}. Register it first: POST /registry/subjects/${type}/versions.`, {
    code: 'schema_not_found',
  });
}

function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

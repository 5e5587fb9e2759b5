import { Hono } from 'hono';
import { z } from 'zod';
import { attributeSchema, nameSchema } from '../../../core/attributes/definition.ts';
import { ATTRIBUTE_CAPS } from '../../../core/attributes/limits.ts';
import { compileSegment } from '../../../core/segments/compile-segment.ts';
import { segmentSchema } from '../../../core/segments/definition.ts';
import { SEGMENT_CAPS } from '../../../core/segments/limits.ts';
import { forgetDefinitions, IN_FORCE_AFTER_MS } from '../../../stores/config/definitions.ts';
import { type HistoryFill, readFill } from '../../../stores/config/history-fill.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import { type DefinitionKind, definitionAnswers, type historySchema } from './operation.ts';

const MAX_BODY_BYTES = 16_384;

/** A definition as it is stored, under its name. */
const storedSchema = z.object({ name: z.string(), version: z.int(), since: z.int(), definition: z.string() });
const storedAttributeSchema = storedSchema.extend({ filled_at: z.int().nullable() });

/** `/api/attributes`: what is computed of each profile. */
export const attributeRoutes = definitionRoutes(
  'attributes',
  ATTRIBUTE_CAPS.perSite,
  async (_env, _site, _name, body) => checked(attributeSchema, body),
);

/** `/api/segments`: conditions over attributes, traits and context. */
export const segmentRoutes = definitionRoutes('segments', SEGMENT_CAPS.perSite, async (env, site, name, body) => {
  const definition = checked(segmentSchema, body);
  const { attributes } = compileSegment({ name, version: 1, definition });
  const known = new Set((await list(env, 'attributes', site)).map((attribute) => attribute.name));
  const unknown = attributes.filter((attribute) => !known.has(attribute));
  if (unknown.length > 0) {
    const names = [...known].join(', ') || 'none yet';
    throw new HttpError(400, `condition: there is no attribute "${unknown.join('", "')}"; the site has: ${names}.`, {
      code: 'unknown_attribute',
    });
  }
  return definition;
});

function definitionRoutes(
  kind: DefinitionKind,
  cap: number,
  check: (env: Env, site: string, name: string, body: unknown) => Promise<unknown>,
) {
  const { stored, all } = definitionAnswers(kind);
  return new Hono<ApiContext>()
    .get('/', async (c) => answer(all, { [kind]: await list(c.env, kind, c.get('site').id) }))
    .get('/:name', async (c) => {
      const found = (await list(c.env, kind, c.get('site').id)).find(({ name }) => name === c.req.param('name'));
      if (!found) throw unknownName(c.req.param('name'));
      return answer(stored, found);
    })
    .put('/:name', async (c) => {
      const site = c.get('site').id;
      const name = checked(nameSchema, c.req.param('name'));
      const body = await readJson(c.req.raw, z.unknown(), { maxBytes: MAX_BODY_BYTES, code: 'invalid_definition' });
      const definition = JSON.stringify(await check(c.env, site, name, body));
      const others = (await list(c.env, kind, site)).filter((other) => other.name !== name);
      if (others.length >= cap)
        throw new HttpError(409, `A site has at most ${cap} ${kind}. Delete one first.`, { code: 'too_many' });
      const since = Date.now() + IN_FORCE_AFTER_MS;
      const anew = kind === 'attributes' ? ', filled_at = NULL' : '';
      // The same definition again changes nothing: what was counted stays.
      await c.env.DB.prepare(
        `INSERT INTO ${kind} (site, name, version, since, definition) VALUES (?, ?, 1, ?, ?)
         ON CONFLICT DO UPDATE SET version = version + 1, since = excluded.since, definition = excluded.definition${anew}
         WHERE definition IS NOT excluded.definition`,
      )
        .bind(site, name, since, definition)
        .run();
      forgetDefinitions(site);
      const now = (await list(c.env, kind, site)).find((own) => own.name === name);
      if (!now) throw unknownName(name);
      return answer(stored, now);
    })
    .delete('/:name', async (c) => {
      const site = c.get('site').id;
      const { meta } = await c.env.DB.prepare(
        `UPDATE ${kind} SET definition = NULL WHERE site = ? AND name = ? AND definition IS NOT NULL`,
      )
        .bind(site, c.req.param('name'))
        .run();
      if (meta.changes === 0) throw unknownName(c.req.param('name'));
      forgetDefinitions(site);
      return c.body(null, 204);
    });
}

/** The definitions of a kind, as they are answered. */
async function list(env: Env, kind: DefinitionKind, site: string) {
  return kind === 'segments' ? listSegments(env, site) : listAttributes(env, site);
}

async function listSegments(env: Env, site: string) {
  const { results } = await env.DB.prepare(
    'SELECT name, version, since, definition FROM segments WHERE site = ? AND definition IS NOT NULL ORDER BY name',
  )
    .bind(site)
    .all();
  return z.array(storedSchema).parse(results).map(view);
}

async function listAttributes(env: Env, site: string) {
  const { results } = await env.DB.prepare(
    'SELECT name, version, since, definition, filled_at FROM attributes WHERE site = ? AND definition IS NOT NULL ORDER BY name',
  )
    .bind(site)
    .all();
  const rows = z.array(storedAttributeSchema).parse(results);
  const fill = rows.some((row) => row.filled_at === null) ? (await readFill(env, site))?.fill : undefined;
  return rows.map((row) => ({ ...view(row), history: historyOf(row, fill) }));
}

function view({ name, version, since, definition }: z.infer<typeof storedSchema>) {
  return { name, version, since: new Date(since).toISOString(), definition: JSON.parse(definition) as unknown };
}

/** How far an attribute has the events from before it was defined. */
function historyOf(
  { name, version, filled_at: filledAt }: z.infer<typeof storedAttributeSchema>,
  fill: HistoryFill | undefined,
): z.infer<typeof historySchema> {
  if (filledAt !== null) return { state: 'whole', done: 1 };
  const isUnderWay = fill?.attributes.some((one) => one.name === name && one.version === version);
  if (!fill?.ranges || !isUnderWay) return { state: 'waiting', done: 0 };
  return { state: 'filling', done: 1 - (fill.left.length + fill.behind.length) / fill.ranges };
}

function checked<T>(schema: z.ZodType<T>, body: unknown): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5);
  const message = issues.map(({ path, message }) => `${path.join('.') || 'definition'}: ${message}`).join('; ');
  throw new HttpError(400, message, { code: 'invalid_definition' });
}

function unknownName(name: string): HttpError {
  return new HttpError(404, `There is nothing called "${name}".`, { code: 'unknown_name' });
}

import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { DatabaseSync } from 'node:sqlite';
import { createAdaptorServer } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { unstable_splitSqlQuery as splitSql } from 'wrangler';
import { z } from 'zod';

/** An account of Cloudflare's API as wrangler uses it: databases (SQLite), buckets, queues with consumers, scripts. */
export interface FakeApi {
  /** Environment for wrangler: where the API is, and a login. */
  readonly env: Readonly<Record<string, string>>;
  readonly databases: ReadonlyMap<string, DatabaseSync>;
  readonly buckets: ReadonlySet<string>;
  /** Consumers (scripts) of each queue. */
  readonly queues: ReadonlyMap<string, readonly string[]>;
  /** Bindings of each deployed script, by their names. */
  readonly scripts: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  /** Refuses the next uploads of scripts, as an account that is not ready. */
  refuseUploads(count: number): void;
  /** Requests that have no answer here, as `METHOD /path`. */
  readonly unknown: readonly string[];
  stop(): Promise<void>;
}

const ACCOUNT = 'a'.repeat(32);
const TOKEN = 'fake-token';

const named = z.object({ name: z.string() });
const bindingSchema = z.looseObject({ name: z.string(), type: z.string() });
const metadataSchema = z.object({ bindings: z.array(bindingSchema) });

/** Starts an empty account. It refuses what the real one refuses: names that are taken, databases and queues that are not there. */
export async function startFakeApi(): Promise<FakeApi> {
  const databases = new Map<string, DatabaseSync>();
  const uuids = new Map<string, string>();
  const buckets = new Set<string>();
  const queues = new Map<string, string[]>();
  const scripts = new Map<string, Record<string, unknown>>();
  const uploads = new Map<string, string>();
  const unknown: string[] = [];
  let url = '';
  let refusedUploads = 0;

  const ok = (c: Context, result: unknown, info = {}) =>
    c.json({
      success: true,
      errors: [],
      messages: [],
      result,
      result_info: { page: 1, per_page: 100, total_pages: 1, count: 1, total_count: 1, ...info },
    });
  const refuse = (c: Context, status: 400 | 404 | 409, code: number, message: string) =>
    c.json({ success: false, errors: [{ code, message }], messages: [], result: null }, status);
  const databaseOf = (id: string) => databases.get(uuids.get(id) ?? id);
  const describeDatabase = (name: string) => ({
    uuid: [...uuids].find(([, held]) => held === name)?.[0],
    name,
    version: 'production',
    num_tables: 0,
    file_size: 0,
  });
  const describeQueue = (name: string) => ({
    queue_id: `id-of-${name}`,
    queue_name: name,
    consumers: (queues.get(name) ?? []).map((script) => ({
      consumer_id: `${name}-${script}`,
      script,
      service: script,
      environment: 'production',
      type: 'worker',
      settings: {},
    })),
    consumers_total_count: queues.get(name)?.length ?? 0,
    producers: [],
    producers_total_count: 0,
    settings: {},
  });

  const account = new Hono()
    .get('/d1/database', (c) => {
      const wanted = c.req.query('name');
      const all = [...databases.keys()].filter((name) => wanted === undefined || name === wanted).map(describeDatabase);
      return ok(c, Number(c.req.query('page') ?? 1) > 1 ? [] : all);
    })
    .post('/d1/database', async (c) => {
      const { name } = named.parse(await c.req.json());
      if (databases.has(name)) return refuse(c, 400, 7502, 'a database with that name already exists');
      databases.set(name, new DatabaseSync(':memory:'));
      uuids.set(randomUUID(), name);
      return ok(c, describeDatabase(name));
    })
    .get('/d1/database/:id', (c) => {
      const name = uuids.get(c.req.param('id')) ?? c.req.param('id');
      return databases.has(name)
        ? ok(c, describeDatabase(name))
        : refuse(c, 404, 7404, 'The database could not be found');
    })
    .post('/d1/database/:id/query', async (c) => {
      const db = databaseOf(c.req.param('id'));
      if (!db) return refuse(c, 404, 7404, 'The database could not be found');
      const { sql } = z.object({ sql: z.string() }).parse(await c.req.json());
      try {
        return ok(c, run(db, sql));
      } catch (error) {
        return refuse(c, 400, 7500, String(error));
      }
    })
    .post('/d1/database/:id/import', async (c) => {
      const db = databaseOf(c.req.param('id'));
      if (!db) return refuse(c, 404, 7404, 'The database could not be found');
      const { action, etag } = z.object({ action: z.string(), etag: z.string() }).parse(await c.req.json());
      if (action === 'init')
        return ok(c, { success: true, upload_url: `${url}/upload/${etag}`, filename: etag, messages: [] });
      try {
        run(db, uploads.get(etag) ?? '');
      } catch (error) {
        return ok(c, { success: true, status: 'error', errors: [String(error)], messages: [] });
      }
      const meta = { duration: 1, rows_read: 0, rows_written: 0, size_after: 0 };
      return ok(c, {
        success: true,
        status: 'complete',
        messages: [],
        result: { num_queries: 1, final_bookmark: '0', meta },
      });
    })
    .get('/r2/buckets', (c) => ok(c, { buckets: [...buckets].map((name) => ({ name })) }))
    .get('/r2/buckets/:name', (c) => {
      const name = c.req.param('name');
      return buckets.has(name) ? ok(c, { name }) : refuse(c, 404, 10006, 'The specified bucket does not exist.');
    })
    .post('/r2/buckets', async (c) => {
      const { name } = named.parse(await c.req.json());
      if (buckets.has(name))
        return refuse(c, 409, 10004, 'The bucket you tried to create already exists, and you own it.');
      buckets.add(name);
      return ok(c, { name });
    })
    .get('/queues', (c) => {
      const wanted = c.req.queries('name');
      return ok(c, [...queues.keys()].filter((name) => wanted?.includes(name) ?? true).map(describeQueue));
    })
    .post('/queues', async (c) => {
      const { queue_name: name } = z.object({ queue_name: z.string() }).parse(await c.req.json());
      if (queues.has(name))
        return refuse(
          c,
          409,
          11009,
          `Queue name '${name}' is already taken. Please use a different name and try again.`,
        );
      queues.set(name, []);
      return ok(c, describeQueue(name));
    })
    .post('/queues/:id/consumers', async (c) => {
      const body = z
        .object({ script_name: z.string(), dead_letter_queue: z.string().optional() })
        .parse(await c.req.json());
      const name = c.req.param('id').slice('id-of-'.length);
      const held = queues.get(name);
      if (!held || (body.dead_letter_queue !== undefined && !queues.has(body.dead_letter_queue)))
        return refuse(c, 400, 11000, 'Queue does not exist');
      held.push(body.script_name);
      return ok(c, { consumer_id: `${name}-${body.script_name}` });
    })
    .put('/queues/:id/consumers/:consumer', (c) => ok(c, {}))
    .get('/workers/services/:name', (c) => {
      const name = c.req.param('name');
      if (!scripts.has(name)) return refuse(c, 404, 10090, 'workers.api.error.service_not_found');
      return ok(c, {
        id: name,
        default_environment: {
          environment: 'production',
          script: { last_deployed_from: 'wrangler', tag: 't', migration_tag: 'v1' },
        },
      });
    })
    .get('/workers/scripts/:name', (c) => refuse(c, 404, 10007, 'workers.api.error.script_not_found'))
    .get('/workers/scripts', (c) =>
      ok(
        c,
        [...scripts.keys()].map((id) => ({ id, migration_tag: 'v1' })),
      ),
    )
    .get('/workers/scripts/:name/settings', (c) => {
      const bindings = scripts.get(c.req.param('name'));
      return bindings
        ? ok(c, { bindings: Object.values(bindings) })
        : refuse(c, 404, 10007, 'workers.api.error.script_not_found');
    })
    .get('/workers/scripts/:name/secrets', (c) =>
      scripts.has(c.req.param('name')) ? ok(c, []) : refuse(c, 404, 10007, 'workers.api.error.script_not_found'),
    )
    .on(['PUT', 'POST'], ['/workers/scripts/:name', '/workers/scripts/:name/versions'], async (c) => {
      if (refusedUploads-- > 0) return refuse(c, 400, 10063, 'You need a workers.dev subdomain in order to proceed.');
      const form = await c.req.formData();
      const { bindings } = metadataSchema.parse(JSON.parse(String(form.get('metadata'))));
      for (const binding of bindings) {
        const fault = missing(binding);
        if (fault) return refuse(c, 400, 10181, fault);
      }
      const name = c.req.param('name') ?? '';
      const before = scripts.get(name) ?? {};
      scripts.set(
        name,
        Object.fromEntries(
          bindings.map((binding) => [binding.name, binding.type === 'inherit' ? before[binding.name] : binding]),
        ),
      );
      const resources = { script: { etag: 'etag' } };
      return ok(c, {
        id: 'version',
        tag: 't',
        startup_time_ms: 1,
        metadata: {},
        resources,
        deployment_id: 'd',
        available_on_subdomain: true,
      });
    })
    .on(['GET', 'POST'], '/workers/scripts/:name/subdomain', (c) => ok(c, { enabled: true, previews_enabled: true }))
    .on(['GET', 'POST'], '/workers/scripts/:name/deployments', (c) =>
      ok(
        c,
        c.req.method === 'GET'
          ? { deployments: [{ id: 'd', source: 'wrangler', versions: [{ version_id: 'version', percentage: 100 }] }] }
          : { id: 'd' },
      ),
    )
    .on(['GET', 'PUT', 'PATCH'], '/workers/scripts/:name/schedules', (c) => ok(c, { schedules: [] }))
    .on(['GET', 'PUT', 'PATCH'], '/workers/scripts/:name/script-settings', (c) => ok(c, {}))
    .on(['GET', 'PATCH'], '/workers/workers/:name', (c) =>
      ok(c, {
        id: c.req.param('name'),
        name: c.req.param('name'),
        subdomain: { enabled: true, previews_enabled: true },
        references: { domains: [] },
      }),
    )
    .get('/workers/subdomain', (c) => ok(c, { subdomain: 'shop-account' }));

  function missing(binding: z.infer<typeof bindingSchema>): string | undefined {
    const { type } = binding;
    if (type === 'd1' && !databaseOf(String(binding.id ?? binding.database_id)))
      return 'The D1 database does not exist';
    if (type === 'r2_bucket' && !buckets.has(String(binding.bucket_name))) return 'The R2 bucket does not exist';
    if (type === 'queue' && !queues.has(String(binding.queue_name))) return 'The queue does not exist';
    return undefined;
  }

  const app = new Hono()
    .put('/upload/:etag', async (c) => {
      const bytes = Buffer.from(await c.req.arrayBuffer());
      uploads.set(c.req.param('etag'), bytes.toString('utf8'));
      return c.body(null, 200, { etag: createHash('md5').update(bytes).digest('hex') });
    })
    .route(`/accounts/${ACCOUNT}`, account)
    .get('/user', (c) => ok(c, { id: 'u', email: 'owner@shop.example' }))
    .get('/user/tokens/verify', (c) => ok(c, { id: 't', status: 'active' }))
    .get('/accounts', (c) => ok(c, [{ id: ACCOUNT, name: 'The shop' }]))
    .get('/memberships', (c) => ok(c, [{ id: 'm', account: { id: ACCOUNT, name: 'The shop' } }]))
    .all('*', (c) => {
      unknown.push(`${c.req.method} ${c.req.path}`);
      return refuse(c, 404, 10000, 'no such endpoint');
    });

  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the API listens on no port');
  url = `http://127.0.0.1:${address.port}`;
  return {
    env: { CLOUDFLARE_API_BASE_URL: url, CLOUDFLARE_API_TOKEN: TOKEN, CLOUDFLARE_ACCOUNT_ID: ACCOUNT },
    databases,
    buckets,
    queues,
    scripts,
    refuseUploads: (count) => {
      refusedUploads = count;
    },
    unknown,
    stop: async () => {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Runs one or more statements, all or none, and returns rows by statement as D1 does. */
function run(db: DatabaseSync, sql: string): { results: unknown[]; success: true; meta: object }[] {
  db.exec('BEGIN');
  try {
    const done = splitSql(sql).map((statement) => ({
      results: db.prepare(statement).all(),
      success: true as const,
      meta: { duration: 1 },
    }));
    db.exec('COMMIT');
    return done;
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
}

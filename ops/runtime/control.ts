import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { D1Database } from '@cloudflare/workers-types';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { z } from 'zod';

/** One process at a time holds the state of a folder; this is how another command of the same user speaks with it. */
const FILE = 'control.json';

const controlSchema = z.object({
  /** Where it listens, on this machine only. */
  url: z.url(),
  /** Whoever can read the file may use it. */
  token: z.string(),
  /** Where the Worker answers. */
  vitrineUrl: z.url(),
});
const statementsSchema = z.array(z.object({ sql: z.string(), values: z.array(z.union([z.string(), z.number()])) }));
const resultsSchema = z.array(z.array(z.record(z.string(), z.unknown())));

/** Runs statements on the D1 of a Vitrine that runs on this machine: all or none; rows by statement. */
export interface Control {
  readonly vitrineUrl: string;
  run(statements: z.input<typeof statementsSchema>): Promise<z.infer<typeof resultsSchema>>;
}

/** Lets other commands of this user run statements on `db`, and says where in `<stateDir>/control.json`. Returns how to end that. */
export async function startControl(
  stateDir: string,
  vitrineUrl: string,
  db: () => Promise<D1Database>,
): Promise<() => Promise<void>> {
  const token = randomBytes(24).toString('base64url');
  const wanted = Buffer.from(`Bearer ${token}`);
  const app = new Hono().post('/', async (c) => {
    const given = Buffer.from(c.req.header('authorization') ?? '');
    if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) return c.text('the token is wrong', 401);
    const statements = statementsSchema.parse(await c.req.json());
    try {
      const d1 = await db();
      const done = await d1.batch(statements.map(({ sql, values }) => d1.prepare(sql).bind(...values)));
      return c.json(done.map(({ results }) => results));
    } catch (error) {
      return c.text(error instanceof Error ? error.message : String(error), 500);
    }
  });
  const file = path.join(stateDir, FILE);
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the control listens on no port');
  const url = `http://127.0.0.1:${address.port}`;
  await rm(file, { force: true });
  await writeFile(file, JSON.stringify({ url, token, vitrineUrl }), { mode: 0o600 });
  return async () => {
    await rm(file, { force: true });
    await new Promise((resolve) => server.close(resolve));
  };
}

/** The Vitrine that runs on the state of a folder; nothing when none does. */
export async function findControl(stateDir: string): Promise<Control | undefined> {
  const text = await readFile(path.join(stateDir, FILE), 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const { url, token, vitrineUrl } = controlSchema.parse(JSON.parse(text));
  const run: Control['run'] = async (statements) => {
    const answer = await fetch(url, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: JSON.stringify(statements),
    });
    if (!answer.ok) throw new Error(await answer.text());
    return resultsSchema.parse(await answer.json());
  };
  // A file whose writer was killed leads nowhere.
  const answers = await run([{ sql: 'SELECT 1 AS one', values: [] }]).catch(() => undefined);
  return answers === undefined ? undefined : { vitrineUrl, run };
}

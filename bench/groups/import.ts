import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { lakeApi } from '../../ops/lake/lake-api.ts';
import type { Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { seededRandom } from '../../ops/seeded-random.ts';
import { seedSite } from '../../ops/site/seed-site.ts';
import { BENCH_SITE } from '../harness/bench-site.ts';
import { measured, type Result } from '../harness/result.ts';
import { type Running, withWorker } from '../harness/running.ts';

const COMMAND = fileURLToPath(new URL('../../ops/import/main.ts', import.meta.url));
const DAY_MS = 86_400_000;
/** Two years that end where the dedup horizon begins. */
const NEWEST_DAYS = 16;
const SPAN_DAYS = 730;
/** A file is sorted by time but for so much, as one that several systems wrote. */
const DISORDER_MS = 20 * DAY_MS;
const PEOPLE = 50_000;
const ITEMS = 5_000;
const SEED = 11;
/** How often the second run is killed. */
const KILLS = 3;
const STOPPED_SITE = { ...BENCH_SITE, id: 'stopped', writeKey: 'wk_stopped', secretKey: 'sk_stopped' };

const summarySchema = z.object({
  accepted: z.int(),
  history: z.int(),
  refused: z.int(),
  seconds: z.number(),
  rowsPerSecond: z.number(),
  peakMegabytes: z.number(),
});

/**
 * Imports a file of two years of events by the command itself: once straight, and once killed and taken up again on another site; both must hold
 * the same.
 *
 * @param lines of the file; one in a thousand is broken.
 */
export function benchImport(lines: number): Promise<Result[]> {
  return withWorker('vitrine', { inMemory: true }, async (running) => {
    const directory = mkdtempSync(path.join(tmpdir(), 'vitrine-bench-import-'));
    try {
      const file = path.join(directory, 'history.ndjson');
      const broken = await generate(file, lines);
      await seedSite(await running.vitrine.getD1('DB'), STOPPED_SITE);
      return await measure(running, { directory, file, lines, broken });
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
}

interface ImportFile {
  readonly directory: string;
  readonly file: string;
  readonly lines: number;
  readonly broken: number;
}

async function measure({ vitrine }: Running, { directory, file, lines, broken }: ImportFile): Promise<Result[]> {
  const argumentsOf = (key: string, name: string) => [
    ...[COMMAND, '--file', file, '--url', vitrine.url, '--key', key, '--index', 'later', '--json'],
    ...['--state', path.join(directory, `${name}.json`)],
  ];
  const straight = summarySchema.parse(JSON.parse(await finished(argumentsOf(BENCH_SITE.secretKey ?? '', 'straight'))));
  let kills = 0;
  while (kills < KILLS && (await killed(argumentsOf(STOPPED_SITE.secretKey, 'stopped'), straight.seconds / 5)))
    kills += 1;
  const resumed = summarySchema.parse(JSON.parse(await finished(argumentsOf(STOPPED_SITE.secretKey, 'stopped'))));
  const server = await serverMegabytes(vitrine);
  const compactedAt = performance.now();
  const compacted = await lakeApi({ url: vitrine.url, key: BENCH_SITE.secretKey ?? '' }).compact();
  const compactSeconds = (performance.now() - compactedAt) / 1_000;
  await lakeApi({ url: vitrine.url, key: STOPPED_SITE.secretKey }).compact();
  const [first, second] = [await heldBy(vitrine, BENCH_SITE.id), await heldBy(vitrine, STOPPED_SITE.id)];
  const missing = lines - broken - first.events;
  return [
    measured('import.lines_per_second', straight.rowsPerSecond, '1/s', undefined, `${lines} lines of two years`),
    measured(
      'import.command_megabytes',
      straight.peakMegabytes,
      'MB',
      { compare: '<=', bound: 400 },
      'of Node, at most',
    ),
    measured('import.server_megabytes', server, 'MB', undefined, `of workerd, all objects and stores in it`),
    measured('import.compact_events_per_second', compacted.events / compactSeconds, '1/s'),
    measured(
      'import.missing',
      missing + straight.refused - broken,
      'events',
      { compare: '<=', bound: 0 },
      `${broken} broken lines refused`,
    ),
    measured('import.twice', Math.max(0, -missing), 'events', { compare: '<=', bound: 0 }),
    measured(
      'import.stopped_differs',
      first.text === second.text && resumed.history === straight.history ? 0 : 1,
      'sites',
      { compare: '<=', bound: 0 },
      `killed ${kills} times and taken up again; rollups, orders and rows of the lake`,
    ),
  ];
}

/** Writes a file of events; returns how many lines of it are none. */
async function generate(file: string, lines: number): Promise<number> {
  const random = seededRandom(SEED);
  const out = createWriteStream(file);
  const newest = Date.now() - NEWEST_DAYS * DAY_MS;
  let broken = 0;
  for (let line = 0; line < lines; line += 1) {
    const time = newest - SPAN_DAYS * DAY_MS * (1 - line / lines) - random() * DISORDER_MS;
    const order = line % 20 === 0;
    const event = {
      id: `history-${line}`,
      type: order ? 'order_completed' : 'product_viewed',
      occurredAt: new Date(time).toISOString(),
      userId: `customer-${Math.floor(random() * PEOPLE)}`,
      properties: order
        ? {
            order_id: `o${line}`,
            total: 20 + (line % 80),
            currency: 'EUR',
            products: [{ product_id: `p${line % ITEMS}`, quantity: 1 }],
          }
        : { product_id: `p${Math.floor(random() * ITEMS)}`, price: 20 + (line % 80), currency: 'EUR' },
    };
    const isBroken = line % 1_000 === 999;
    if (isBroken) broken += 1;
    const text = isBroken ? JSON.stringify(event).slice(0, -5) : JSON.stringify(event);
    if (!out.write(`${text}\n`)) await once(out, 'drain');
  }
  out.end();
  await once(out, 'finish');
  return broken;
}

/** What a command printed; exit code 1 says that lines were refused. */
async function finished(given: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, given, { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let error = '';
  child.stdout.on('data', (chunk) => (out += String(chunk)));
  child.stderr.on('data', (chunk) => (error = String(chunk)));
  const [code] = await once(child, 'close');
  if (code !== 0 && code !== 1) throw new Error(`npm run import ended with ${code}: ${error}`);
  return out;
}

/** Kills a run after some seconds; whether it was under way still. */
async function killed(given: readonly string[], seconds: number): Promise<boolean> {
  const child = spawn(process.execPath, given, { stdio: 'ignore' });
  const ended = once(child, 'close');
  await Promise.race([ended, sleep(seconds * 1_000)]);
  if (child.exitCode !== null) return false;
  child.kill('SIGKILL');
  await ended;
  return true;
}

/** The most memory that the server has used so far. */
async function serverMegabytes(vitrine: Vitrine): Promise<number> {
  const peaks = (await vitrine.workerdPids()).map((pid) => {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes) / 1_024;
  });
  return Math.max(0, ...peaks);
}

/** What a site holds: its rollups, its orders, and the rows of its lake by hour. */
async function heldBy(vitrine: Vitrine, site: string): Promise<{ readonly text: string; readonly events: number }> {
  const db = await vitrine.getD1('DB');
  const all = async (sql: string) => (await db.prepare(sql).bind(site).all()).results;
  const rollups = await all('SELECT hour, type, events FROM rollups WHERE site = ? ORDER BY hour, type');
  const orders = await all('SELECT order_id, time, total, items FROM orders WHERE site = ? ORDER BY order_id');
  const rows = await all('SELECT hour, rows FROM lake_partitions WHERE site = ? ORDER BY hour');
  const events = rows.reduce((sum, row) => sum + Number(row.rows), 0);
  return { text: JSON.stringify([rollups, orders, rows]), events };
}

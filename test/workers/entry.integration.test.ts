import { createMessageBatch, createScheduledController } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import { eachSite } from '../../jobs/schedule/each-site.ts';
import type { Job } from '../../jobs/schedule/job.ts';
import { takeLease } from '../../jobs/schedule/lease.ts';
import { runJob } from '../../jobs/schedule/run-job.ts';
import { JOBS } from '../../jobs/table.ts';
import worker from '../../workers/index.ts';

const at = (minute: number) => Date.parse('2026-05-01T12:00:00Z') + minute * 60_000;
const logged = (spy: { mock: { calls: unknown[][] } }) =>
  spy.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
const outcomesOf = (spy: { mock: { calls: unknown[][] } }) =>
  Object.fromEntries(logged(spy).flatMap((line) => (line.event === 'job' ? [[line.job, line.outcome]] : [])));

describe('queues', () => {
  it('have a consumer each, under the very names of wrangler.toml', async ({ expect }) => {
    expect(env.TEST_QUEUES).toHaveLength(6);
    for (const queue of env.TEST_QUEUES)
      await expect(worker.queue(createMessageBatch(queue, []), env)).resolves.toBeUndefined();
  });

  it('have it in an environment too, where their names end with its own, and only there', async ({ expect }) => {
    const staging = { ...env, ENVIRONMENT: 'staging' as const };
    for (const queue of env.TEST_QUEUES) {
      await expect(worker.queue(createMessageBatch(`${queue}-staging`, []), staging)).resolves.toBeUndefined();
      expect(() => worker.queue(createMessageBatch(queue, []), staging)).toThrow('no consumer');
      expect(() => worker.queue(createMessageBatch(`${queue}-staging`, []), env)).toThrow('no consumer');
    }
  });

  it.for(['vitrine-events-staging', 'events', '', 'constructor', '__proto__'])(
    'a batch of "%s", which nobody consumes, is refused and not acknowledged',
    async (queue, { expect }) => {
      const batch = createMessageBatch(queue, [{ id: 'm', timestamp: new Date(), attempts: 1, body: {} }]);
      expect(() => worker.queue(batch, env)).toThrow(`no consumer for the queue "${queue}"`);
    },
  );
});

describe('jobs', () => {
  it('run by the clock, each in an invocation of its own, and say what became of them', async ({ expect }) => {
    const spy = vi.spyOn(console, 'log');
    await worker.scheduled(createScheduledController({ scheduledTime: at(7) }));
    const outcomes = outcomesOf(spy);
    expect(Object.keys(outcomes).sort()).toEqual([
      'backfill',
      'compact',
      'erase',
      'feeds',
      'fit',
      'index',
      'pair',
      'publish',
      'sweep-failed',
      'sweep-lake',
      'sweep-rows',
      'watch',
    ]);
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['done']));
    expect(JOBS.filter(({ when }) => when(20)).map(({ name }) => name)).toContain('reconcile');
    spy.mockRestore();
  });

  it('cost themselves only: one that is refused a query lets every other one run', async ({ expect }) => {
    const spy = vi.spyOn(console, 'log');
    const due = JOBS.filter(({ when }) => when(21));
    for (const failing of due) {
      spy.mockClear();
      const refusing = { ...env, DB: failingFor(failing.name) };
      await Promise.all(due.map((job) => runJob(job === failing ? refusing : env, job, at(21))));
      const outcomes = outcomesOf(spy);
      expect(outcomes[failing.name]).toBe('failed');
      expect(Object.values(outcomes).filter((outcome) => outcome === 'done')).toHaveLength(due.length - 1);
    }
    spy.mockRestore();
  });

  it('never overlap: of two runs at once one gets the lease, and it comes back when a run fails or dies', async ({
    expect,
  }) => {
    const release = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const job: Job = {
      name: `slow-${crypto.randomUUID()}`,
      when: () => true,
      deadlineMs: 1_000,
      run: async () => {
        running += 1;
        most = Math.max(most, running);
        await release.promise;
        running -= 1;
      },
    };
    const first = runJob(env, job, at(0));
    await vi.waitUntil(() => running === 1, { timeout: 20_000 });
    expect(await Promise.all([runJob(env, job, at(1)), runJob(env, job, at(1))])).toEqual(['held', 'held']);
    release.resolve();
    expect([await first, most]).toEqual(['done', 1]);
    expect(await runJob(env, { ...job, run: () => Promise.reject(new Error('broken')) }, at(2))).toBe('failed');
    expect(await runJob(env, job, at(3))).toBe('done');
    // A run that died holds it until its time is over, and then nobody's.
    expect(await takeLease(env, job.name, 'dead', 1_000, 500)).toBeDefined();
    expect(await takeLease(env, job.name, 'next', 1_499, 500)).toBeUndefined();
    expect(await takeLease(env, job.name, 'next', 1_500, 500)).toBeDefined();
  });

  it('give sites their turns: who waits longest first, each its share, a failing one at nobody’s cost', async ({
    expect,
  }) => {
    const job = `turns-${crypto.randomUUID()}`;
    const order: string[] = [];
    const shares: number[] = [];
    const take = async ({ site, deadline }: { site: string; deadline: number }) => {
      order.push(site);
      shares.push(deadline - Date.now());
      if (site === 'b') throw new Error('broken');
    };
    const run = () => ({ deadline: Date.now() + 9_000 });
    await eachSite(env, job, ['a', 'b', 'c'], run(), take);
    expect(order).toEqual(['a', 'b', 'c']);
    expect(shares[0]).toBeLessThanOrEqual(3_000);
    expect(shares[2]).toBeGreaterThan(3_000);
    order.length = 0;
    await eachSite(env, job, ['a', 'b', 'c', 'd'], run(), take);
    expect(order[0]).toBe('d');
    order.length = 0;
    await eachSite(env, job, ['a', 'b', 'c'], { deadline: Date.now() - 1 }, take);
    expect(order).toEqual([]);
  });
});

/** A database that refuses every query but those of the job's lease. */
function failingFor(job: string): D1Database {
  return new Proxy(env.DB, {
    get(db, name) {
      const value: unknown = Reflect.get(db, name, db);
      if (name !== 'prepare') return typeof value === 'function' ? value.bind(db) : value;
      return (sql: string) => {
        if (!sql.includes('job_leases')) throw new Error(`${job} is refused a query`);
        return db.prepare(sql);
      };
    },
  });
}

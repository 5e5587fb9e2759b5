import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { send } from './site.ts';

const ready = async () => {
  const response = await send('/readyz');
  return {
    status: response.status,
    body: (await response.json()) as { status: string; checks: Record<string, object> },
  };
};

describe('health', () => {
  it('says that it is alive, and whether what it leans on answers, and what does not', async ({ expect }) => {
    const alive = await send('/healthz');
    expect([alive.status, await alive.json()]).toEqual([200, { status: 'pass' }]);
    expect(alive.headers.get('content-type')).toBe('application/health+json');
    const first = await ready();
    expect(first.status).toBe(200);
    expect(Object.keys(first.body.checks).sort()).toEqual(['catalogue', 'd1', 'profiles', 'r2_lake', 'r2_models']);
    for (const check of Object.values(first.body.checks))
      expect(check).toEqual({ status: 'pass', milliseconds: expect.any(Number) });
  });

  it('says which dependency is away, and does not wait for it longer than two seconds', async ({ expect }) => {
    const { head } = env.LAKE;
    const prepare = env.DB.prepare;
    try {
      env.LAKE.head = (() => new Promise(() => undefined)) as typeof head;
      env.DB.prepare = () => {
        throw new TypeError('secret place');
      };
      // What was known for five seconds is asked anew, behind an answer or before it.
      let found = await ready();
      for (const until = Date.now() + 15_000; found.status === 200 && Date.now() < until; found = await ready())
        await scheduler.wait(200);
      expect(found).toMatchObject({
        status: 503,
        body: {
          status: 'fail',
          checks: {
            d1: { status: 'fail', output: 'TypeError' },
            r2_lake: { status: 'fail', output: 'no answer within 2000 ms' },
            profiles: { status: 'pass' },
          },
        },
      });
      expect(JSON.stringify(found)).not.toContain('secret place');
    } finally {
      env.LAKE.head = head;
      env.DB.prepare = prepare;
    }
  });
});

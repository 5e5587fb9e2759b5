import * as production from '../../workers/index.ts';

export * from '../../workers/index.ts';

import { siteDefinitions } from '../../stores/config/definitions.ts';
import { countBindings } from './count-bindings.ts';
import { countObject, settleCursors } from './count-object.ts';
import { counters, resetCounters } from './counters.ts';

/** The production objects, with the rows that they read and write counted. */
export class UserProfile extends production.UserProfile {
  constructor(ctx: DurableObjectState, env: Env) {
    countObject(ctx);
    super(ctx, env);
  }
}

export class SessionIndex extends production.SessionIndex {
  constructor(ctx: DurableObjectState, env: Env) {
    countObject(ctx);
    super(ctx, env);
  }
}

export class Catalog extends production.Catalog {
  constructor(ctx: DurableObjectState, env: Env) {
    countObject(ctx);
    super(ctx, env);
  }
}

export class ExperimentTally extends production.ExperimentTally {
  constructor(ctx: DurableObjectState, env: Env) {
    countObject(ctx);
    super(ctx, env);
  }
}

export class SitePulse extends production.SitePulse {
  constructor(ctx: DurableObjectState, env: Env) {
    countObject(ctx);
    super(ctx, env);
  }
}

export class Jobs extends production.Jobs {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, countBindings(env));
  }
}

/**
 * The production Worker with its billable operations counted, plus the bench's own routes, which are not counted:
 * `GET /bench/counters` tells the counters and sets them back, `POST /bench/apply?name=&times=` applies one new view to a profile
 * `times` times, one call after the other, and `POST /bench/read?name=&times=` reads it.
 */
export default {
  async fetch(request, env, ctx): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === '/bench/counters') {
      settleCursors();
      const told = { ...counters };
      resetCounters();
      return Response.json(told);
    }
    if (url.pathname === '/bench/apply') return applyViews(url, env);
    if (url.pathname === '/bench/read') return readProfile(url, env);
    counters.requests += 1;
    return production.default.fetch(request, countBindings(env), ctx);
  },
  async queue(batch, env): Promise<void> {
    counters.queueBatches += 1;
    await production.default.queue(batch, countBindings(env));
  },
  async scheduled(controller, env, ctx): Promise<void> {
    const { scheduled }: ExportedHandler<Env> = production.default;
    await scheduled?.(controller, countBindings(env), ctx);
  },
} satisfies ExportedHandler<Env>;

function profileOf(url: URL, env: Env) {
  const name = url.searchParams.get('name') ?? '';
  return {
    profile: env.USER_PROFILE.get(env.USER_PROFILE.idFromName(name)),
    times: Number(url.searchParams.get('times')),
    site: name.split('/')[0] ?? '',
  };
}

/** Applies `events` views a call (default 1), a minute apart in event time from `from` (ms since 1970) on. */
async function applyViews(url: URL, env: Env): Promise<Response> {
  const { profile, times, site } = profileOf(url, env);
  const definitions = await siteDefinitions(env, site);
  const events = Number(url.searchParams.get('events') ?? 1);
  const from = Number(url.searchParams.get('from') ?? Date.now());
  const spacingMs = Number(url.searchParams.get('spacingMs') ?? 0);
  for (let call = 0; call < times; call += 1) {
    await profile.apply(
      [
        {
          id: crypto.randomUUID(),
          events: Array.from({ length: events }, (_, index) => {
            const time = from + (call * events + index) * spacingMs;
            return {
              id: crypto.randomUUID(),
              type: 'product_viewed',
              time,
              occurredAt: new Date(time).toISOString(),
              fingerprint: 1,
              properties: { product_id: `p${(call * 31 + index * 7) % 1_000}`, category: `c${index % 20}` },
            };
          }),
        },
      ],
      { definitions },
    );
  }
  return Response.json({ applied: times * events });
}

async function readProfile(url: URL, env: Env): Promise<Response> {
  const { profile, times } = profileOf(url, env);
  for (let call = 0; call < times; call += 1) await profile.read();
  return Response.json({ read: times });
}

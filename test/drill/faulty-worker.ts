import { messageIn } from '../../core/events/message.ts';
import { deviceLedger, type Ledger } from '../../core/identity/ledger.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import * as production from '../../workers/index.ts';

/**
 * The production Worker with faults on demand: `POST /drill/faults` says which stores refuse until when, how far the clock is off and
 * whether the consumer throws; `POST /drill/reset?site=&visitor=` resets a profile's object in the middle of what it does.
 */
interface Faults {
  /** The queue of events takes none. */
  queueUntil: number;
  /** ms since 1970, on the true clock */
  d1Until: number;
  r2Until: number;
  /** Until then a store does what it is asked and its answer is lost. */
  d1LostUntil: number;
  r2LostUntil: number;
  throwUntil: number;
  /** ms that the clock is ahead */
  clockMs: number;
  /** Messages are written as the build before wrote them. */
  oldUntil: number;
  /** What reads ask fails, or takes `slowMs`, until it is told otherwise. */
  reads: { readonly [Asked in 'profile' | 'catalogue' | 'blocks' | 'd1' | 'pulse' | 'queue' | 'limits']?: How };
  slowMs: number;
  /** The Worker waits so many times shorter, where it waits for a second or more: what it gathers is told sooner. */
  hurry: number;
}

/** `gone`: the binding is not there at all. */
type How = 'slow' | 'throws' | 'missing' | 'gone';

const trueNow = Date.now.bind(Date);
const faults: Faults = {
  queueUntil: 0,
  d1Until: 0,
  r2Until: 0,
  d1LostUntil: 0,
  r2LostUntil: 0,
  throwUntil: 0,
  clockMs: 0,
  oldUntil: 0,
  reads: {},
  slowMs: 2_000,
  hurry: 1,
};
Date.now = () => trueNow() + faults.clockMs;
const trueWait = scheduler.wait.bind(scheduler);
scheduler.wait = (ms, options) => trueWait(ms >= 1_000 ? ms / faults.hurry : ms, options);

export class SessionIndex extends production.SessionIndex {}

export class Catalog extends production.Catalog {}

export class ExperimentTally extends production.ExperimentTally {}

export class SitePulse extends production.SitePulse {}

export class Jobs extends production.Jobs {
  constructor(ctx: ExecutionContext, env: Env) {
    super(ctx, faulty(env));
  }
}

export class UserProfile extends production.UserProfile {
  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, faulty(env));
  }

  /** Ends the object where it stands; the next call makes it anew from what it has stored. */
  reset(): void {
    this.ctx.abort('the drill resets this object');
  }
}

export default {
  async fetch(request, env, ctx): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === '/drill/faults') {
      Object.assign(faults, await request.json());
      return new Response(null, { status: 204 });
    }
    if (url.pathname === '/drill/reset') {
      const ledger = deviceLedger(url.searchParams.get('visitor') ?? '') as Ledger;
      const stub = profileStub(env, url.searchParams.get('site') ?? '', ledger) as unknown as {
        reset(): Promise<void>;
      };
      await stub.reset().catch(() => undefined);
      return new Response(null, { status: 204 });
    }
    return production.default.fetch(request, faultyReads(faulty(env)), ctx);
  },
  async queue(batch, env): Promise<void> {
    if (trueNow() < faults.throwUntil) throw new Error('the drill makes the consumer throw');
    await production.default.queue(batch, faulty(env));
  },
  async scheduled(controller, env, ctx): Promise<void> {
    const { scheduled }: ExportedHandler<Env> = production.default;
    await scheduled?.(controller, faulty(env), ctx);
  },
} satisfies ExportedHandler<Env>;

/** The bindings, refusing while they are told to. */
function faulty(env: Env): Env {
  return {
    ...env,
    DB: refusing(env.DB, ['batch', 'prepare'], () => [faults.d1Until, faults.d1LostUntil], 'D1'),
    LAKE: refusing(env.LAKE, ['put', 'get', 'list', 'delete'], () => [faults.r2Until, faults.r2LostUntil], 'R2'),
    EVENTS: downgrading(refusing(env.EVENTS, ['send', 'sendBatch'], () => [faults.queueUntil, 0], 'the queue')),
  };
}

/** The bindings as reads ask them: each call of one that shall fail is slow, throws, or finds nothing. */
function faultyReads(env: Env): Env {
  const { profile, catalogue, blocks, d1, pulse, queue, limits } = faults.reads;
  const limited = ['LIMIT_KEY', 'LIMIT_ADDRESS', 'LIMIT_LOOKUPS'] as const;
  return {
    ...env,
    ...(profile && { USER_PROFILE: faultyObjects(env.USER_PROFILE, profile) }),
    ...(catalogue && { CATALOG: faultyObjects(env.CATALOG, catalogue) }),
    ...(pulse && { SITE_PULSE: faultyObjects(env.SITE_PULSE, pulse) }),
    ...(blocks && { MODELS: faultyCalls(env.MODELS, blocks, ['get', 'head']) }),
    ...(d1 && { DB: faultyCalls(env.DB, d1, ['prepare', 'batch']) }),
    ...(queue && { EVENTS: faultyCalls(env.EVENTS, queue, ['send', 'sendBatch']) }),
    ...(limits && Object.fromEntries(limited.map((name) => [name, faultyCalls(env[name], limits, ['limit'])]))),
  };
}

function faultyObjects<T extends object>(namespace: T, how: How): T {
  if (how === 'gone') return undefined as unknown as T;
  return new Proxy(namespace, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      return (...given: unknown[]) => {
        const made: unknown = Reflect.apply(value, target, given);
        if (property === 'jurisdiction') return faultyObjects(made as object, how);
        return property === 'get' || property === 'getByName' ? faultyCalls(made as object, how) : made;
      };
    },
  });
}

/** `methods`: those that fail; all unless given. */
function faultyCalls<T extends object>(binding: T, how: How, methods?: readonly string[]): T {
  if (how === 'gone') return undefined as unknown as T;
  return new Proxy(binding, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (property === 'then') return undefined;
      if (typeof value !== 'function') return value;
      if (methods && !methods.includes(String(property))) return value.bind(target);
      return (...given: unknown[]) => {
        if (how === 'throws') throw new Error('the drill makes this refuse');
        if (how === 'missing') return Promise.resolve(null);
        return new Promise((resolve) => setTimeout(resolve, faults.slowMs)).then(() =>
          Reflect.apply(value, target, given),
        );
      };
    },
  });
}

/** `until`: how long the methods refuse, and how long those that write lose their answer. */
function refusing<T extends object>(
  binding: T,
  methods: readonly string[],
  until: () => readonly [refuses: number, loses: number],
  name: string,
): T {
  return new Proxy(binding, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      if (typeof value !== 'function') return value;
      const [refuses, loses] = until();
      if (methods.includes(String(property)) && trueNow() < refuses)
        return () => {
          throw new Error(`the drill makes ${name} refuse`);
        };
      if ((property === 'batch' || property === 'put') && trueNow() < loses)
        return async (...given: unknown[]) => {
          await Reflect.apply(value, target, given);
          throw new Error(`the drill loses an answer of ${name}`);
        };
      return value.bind(target);
    },
  });
}

/** Writes messages of devices in version 1 while it is told to, as the build before did. */
function downgrading(queue: Env['EVENTS']): Env['EVENTS'] {
  return new Proxy(queue, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property, target);
      const now = <T extends MessageSendRequest>(message: T) =>
        trueNow() < faults.oldUntil ? downgraded(message) : message;
      if (property === 'sendBatch') return (messages: MessageSendRequest[]) => target.sendBatch(messages.map(now));
      if (property === 'send')
        return (given: unknown, options?: QueueSendOptions) => {
          const { body, ...others } = now({ body: given, ...options } as MessageSendRequest);
          return target.send(body, others);
        };
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function downgraded(message: MessageSendRequest): MessageSendRequest {
  const { ledger, ...body } = messageIn(message.body) as { ledger: string };
  if (!ledger.startsWith('a/')) return message;
  return { ...message, body: { ...body, v: 1, anonymousId: ledger.slice(2) } };
}

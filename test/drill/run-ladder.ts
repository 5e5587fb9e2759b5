import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startVitrine, type Vitrine } from '../../ops/runtime/start-vitrine.ts';
import { waitCounted } from '../../ops/runtime/wait-counted.ts';
import { seedSite } from '../../ops/site/seed-site.ts';

const SITE = { id: 'ladder', name: 'Ladder', origins: [], writeKey: 'wk_ladder', secretKey: 'sk_ladder' };
const ITEMS = 200;
const VISITORS = 40;
const VIEWS = 6;
const CONNECTIONS = 6;
const LIMIT = 8;
/** The slot that rules pin a product in. */
const RULED = 'ruled';
const PINNED = 'p150';
/** The deadline that slots have, and what a busy machine adds. */
const DEADLINE_MS = 400;
const SLACK_MS = 100;
const PAUSE_MS = 4_000;

/** What came of one fault. */
export interface LadderRung {
  readonly fault: string;
  readonly reads: number;
  /** By the Worker's own clock. */
  readonly slowestMs: number;
  /** How often each strategy was served by which tier and for which reason. */
  readonly served: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

interface Read {
  readonly slot: string;
  readonly strategy: string;
  readonly status: number;
  readonly tier: string;
  readonly reason: string;
  readonly totalMs: number;
  readonly items: readonly string[];
}

interface Fault {
  readonly name: string;
  readonly reads?: object;
  /** Whether the isolate is a new one, which has read nothing. */
  readonly cold?: boolean;
  /** What is done besides. */
  readonly act?: (vitrine: Vitrine) => Promise<void>;
  /** Why an answer is not what it must be; nothing if it is. */
  readonly fault: (read: Read) => string | undefined;
}

/** Strategies that look at nobody: their tier claims no profile, whatever fails. */
const IMPERSONAL = new Set(['trending', 'similar']);
const live = ({ strategy, tier, reason }: Read) =>
  IMPERSONAL.has(strategy) || tier === 'live' ? undefined : `${strategy} is not live: ${tier} ${reason}`;
const becauseOf = (why: string) => (read: Read) => {
  if (read.tier === 'live') return 'claims the profile';
  return IMPERSONAL.has(read.strategy) || read.reason.startsWith(why) ? undefined : `reason is ${read.reason}`;
};
const stillPinned = (read: Read) =>
  read.slot === RULED && read.items[0] !== PINNED
    ? `${read.items[0]} stands in the place of what is pinned`
    : undefined;

/** The eight things that a read asks or that are asked beside it, each slow, refusing and gone; and what must be seen of it. */
const asItWas = (read: Read) => live(read) ?? stillPinned(read);
const HOW = ['slow', 'throws', 'gone'] as const;
const each = (what: string, asked: string, fault: Fault['fault'], cold = false): Fault[] =>
  HOW.map((how) => ({
    name: `${what} ${how}${cold ? ', cold' : ''}`,
    reads: { [asked]: how },
    fault,
    ...(cold && { cold }),
  }));
const brokenRules: Fault['act'] = async (vitrine) => {
  const db = await vitrine.getD1('DB');
  await db
    .prepare(
      'INSERT INTO merchandising_versions (site, version, document, published_at) VALUES (?, 2, \'{"rules": [{"when": 1\', 0)',
    )
    .bind(SITE.id)
    .run();
};

const FAULTS: readonly Fault[] = [
  { name: 'nothing', fault: asItWas },
  { name: 'profile slow', reads: { profile: 'slow' }, fault: becauseOf('profile_deadline') },
  { name: 'profile throws', reads: { profile: 'throws' }, fault: becauseOf('profile_error') },
  { name: 'profile gone', reads: { profile: 'gone' }, fault: becauseOf('profile_error') },
  { name: 'profile throws, cold', cold: true, reads: { profile: 'throws' }, fault: becauseOf('profile_error') },
  { name: 'blocks missing, cold', cold: true, reads: { blocks: 'missing' }, fault: stillPinned },
  ...each('blocks', 'blocks', stillPinned, true),
  ...each('pulse', 'pulse', asItWas),
  ...each('queue', 'queue', asItWas),
  ...each('limits', 'limits', asItWas),
  ...each('D1', 'd1', asItWas),
  { name: 'rules broken', act: brokenRules, fault: asItWas },
  ...each('catalogue', 'catalogue', live),
];

/** Lets one thing after the other that reads ask fail for so many seconds, while visitors read, and looks at every answer; `only` names one. */
export async function runLadder(seconds: number, only?: string): Promise<LadderRung[]> {
  const stateDir = mkdtempSync(path.join(tmpdir(), 'vitrine-ladder-'));
  const root = path.resolve(import.meta.dirname, '../..');
  const vitrine = await startVitrine({
    stateDir,
    configPath: path.join(root, 'wrangler.toml'),
    entry: path.join(root, 'test/drill/faulty-worker.ts'),
    maxBatchTimeoutSeconds: 0.05,
    log: () => undefined,
  });
  try {
    await seedSite(await vitrine.getD1('DB'), SITE);
    await prepare(vitrine);
    const rungs: LadderRung[] = [];
    for (const fault of FAULTS)
      if (only === undefined || fault.name === only) rungs.push(await climb(vitrine, fault, seconds));
    return rungs;
  } finally {
    await vitrine.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function prepare(vitrine: Vitrine): Promise<void> {
  const item = (n: number) => ({
    id: `p${n}`,
    title: `Product ${n}`,
    url: `/p/${n}`,
    category: `c${n % 7}`,
    price: `${n + 1} EUR`,
  });
  await call(
    vitrine,
    'POST',
    '/api/catalog',
    Array.from({ length: ITEMS }, (_, n) => JSON.stringify(item(n))).join('\n'),
  );
  const document = {
    slots: { [RULED]: { limit: LIMIT } },
    rules: [{ name: 'pin', slots: [RULED], actions: [{ do: 'pin', items: [PINNED] }] }],
  };
  await call(vitrine, 'PUT', '/api/merchandising/draft', JSON.stringify(document));
  await call(vitrine, 'POST', '/api/merchandising/publish', '{}');
  for (let visitor = 0; visitor < VISITORS; visitor += 1) {
    const events = Array.from({ length: VIEWS }, (_, view) => ({
      id: `${visitor}-${view}`,
      type: 'product_viewed',
      occurredAt: new Date(Date.now() - view * 60_000).toISOString(),
      anonymousId: `v${visitor}`,
      properties: { product_id: `p${(visitor * 7 + view * 3) % ITEMS}` },
    }));
    await call(vitrine, 'POST', '/v/events', JSON.stringify({ events }));
  }
  await waitCounted(vitrine, VISITORS * VIEWS);
  await vitrine.scheduled();
}

async function call(vitrine: Vitrine, method: string, where: string, body: string): Promise<void> {
  const headers = { authorization: `Bearer ${SITE.secretKey}`, 'content-type': 'application/json' };
  const response = await fetch(`${vitrine.url}${where}`, { method, headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${where}: ${response.status} ${text}`);
}

const tell = (vitrine: Vitrine, reads: object) =>
  fetch(`${vitrine.url}/drill/faults`, { method: 'POST', body: JSON.stringify({ reads }) });

/** One fault under load. */
async function climb(
  vitrine: Vitrine,
  { name, reads = {}, cold = false, act, fault }: Fault,
  seconds: number,
): Promise<LadderRung> {
  if (cold) await restart(vitrine);
  // Who shops there is known: an isolate that has served nobody cannot let anybody in while D1 is away.
  for (let n = 0; n < (cold ? 1 : VISITORS * 4); n += 1) await read(vitrine, n, cold ? 'trending' : undefined);
  await act?.(vitrine);
  await tell(vitrine, reads);
  const until = Date.now() + seconds * 1_000;
  const served: Record<string, number> = {};
  const wrong = new Set<string>();
  let [count, slowestMs] = [0, 0];
  const visit = async (first: number) => {
    for (let n = first; Date.now() < until; n += CONNECTIONS) {
      const answered = await read(vitrine, n);
      count += 1;
      slowestMs = Math.max(slowestMs, answered.totalMs);
      const key = `${answered.slot === RULED ? 'ruled' : answered.strategy}: ${answered.tier} ${answered.reason}`;
      served[key] = (served[key] ?? 0) + 1;
      const why = wrongOf(answered) ?? fault(answered);
      if (why !== undefined) wrong.add(`${key}: ${why}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, first) => visit(first)));
  await tell(vitrine, {});
  // What has failed is not asked for a while.
  await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  return { fault: name, reads: count, slowestMs, served, wrong: [...wrong] };
}

function wrongOf({ status, totalMs, items }: Read): string | undefined {
  if (status !== 200) return `answered ${status}`;
  if (totalMs > DEADLINE_MS + SLACK_MS) return `took ${totalMs} ms`;
  if (items.length !== LIMIT) return `${items.length} of ${LIMIT} products`;
  return new Set(items).size === LIMIT ? undefined : 'a product stands there twice';
}

const ASKS = ['for_you', 'trending', 'similar', RULED] as const;

async function read(vitrine: Vitrine, n: number, only?: string): Promise<Read> {
  const asked = only ?? ASKS[n % ASKS.length] ?? 'for_you';
  const query = new URLSearchParams({
    anonymousId: `v${Math.floor(n / ASKS.length) % VISITORS}`,
    slot: asked === RULED ? RULED : 'plain',
    strategy: asked === RULED ? 'for_you' : asked,
    limit: String(LIMIT),
    ...(asked === 'similar' && { item: `p${n % ITEMS}` }),
  });
  const response = await fetch(`${vitrine.url}/v/recommendations?${query}`, {
    headers: { authorization: `Bearer ${SITE.secretKey}` },
  });
  const text = await response.text();
  // What the runtime says itself, where no answer of ours came, is no JSON.
  const body = (response.headers.get('content-type')?.includes('json') ? JSON.parse(text) : { reason: text }) as {
    slot?: string;
    strategy?: string;
    tier?: string;
    reason?: string;
    items?: { id: string }[];
  };
  const totalMs = Number(/total;dur=(\d+)/.exec(response.headers.get('server-timing') ?? '')?.[1] ?? 0);
  const { slot = query.get('slot') ?? '', strategy = asked, tier = 'none', reason = '', items = [] } = body;
  return { slot, strategy, tier, reason, status: response.status, totalMs, items: items.map(({ id }) => id) };
}

/** Ends workerd; what comes back has no memory. */
async function restart(vitrine: Vitrine): Promise<void> {
  const before = vitrine.restarts();
  for (const pid of await vitrine.workerdPids()) process.kill(pid, 'SIGKILL');
  while (vitrine.restarts() === before) await new Promise((resolve) => setTimeout(resolve, 50));
  for (;;) {
    const answered = await tell(vitrine, {}).catch(() => undefined);
    if (answered?.status === 204) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

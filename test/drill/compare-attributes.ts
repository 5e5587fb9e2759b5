import { setTimeout as sleep } from 'node:timers/promises';
import type { AttributeDefinition } from '../../core/attributes/definition.ts';
import { call } from '../../ops/lake/lake-api.ts';
import { waitUntil } from '../../ops/wait-until.ts';
import { type Comparison, compare, count } from './compare.ts';
import type { DrillEvent } from './drill-log.ts';
import { SITE, type Stage } from './stage.ts';

const DEFINITIONS: Readonly<Record<string, AttributeDefinition>> = {
  views: { event: 'product_viewed', aggregate: 'count', window: '30d' },
  week: { event: ['product_viewed', 'product_added'], aggregate: 'count', window: '7d' },
  products: { event: 'product_viewed', aggregate: 'distinct', property: 'properties.product_id', window: '30d' },
  last: { event: 'product_viewed', aggregate: 'last', property: 'properties.product_id', window: '30d' },
};
/** Visitors that are looked at. */
const VISITORS = 100;
const PATIENCE_MS = 600_000;
const access = ({ vitrine }: Stage) => ({ url: vitrine.url, key: SITE.secretKey });

/** Defines the attributes under names that begin so, as if they had been in force since then, ms since 1970. */
async function define(stage: Stage, prefix: string, since: number): Promise<void> {
  const db = await stage.vitrine.getD1('DB');
  for (const [name, definition] of Object.entries(DEFINITIONS)) {
    const body = JSON.stringify(definition);
    await call(access(stage), `/api/attributes/${prefix}_${name}`, { method: 'PUT', body });
    await db.prepare('UPDATE attributes SET since = ? WHERE name = ?').bind(since, `${prefix}_${name}`).run();
  }
}

/** Defines attributes that are there before the first event. */
export async function defineBefore(stage: Stage): Promise<void> {
  await define(stage, 'before', 0);
}

/**
 * Defines the same attributes after all that has been sent, and kills workerd while they are given their history: they must say what those say
 * that were there before, and these what the log says.
 *
 * @param personOf the person of a visitor, who sees what all of his devices have seen.
 * @param kills how often workerd dies meanwhile.
 */
export async function compareAttributes(
  stage: Stage,
  log: readonly DrillEvent[],
  personOf: (visitor: string) => string | number,
  kills: number,
): Promise<Comparison[]> {
  const { vitrine } = stage;
  await define(stage, 'after', Date.now() - 2 * 60_000);
  for (let kill = 0; kill < kills; kill += 1) {
    const before = vitrine.restarts();
    const running = vitrine.scheduled().catch(() => undefined);
    await sleep(200 + kill * 150);
    for (const pid of await vitrine.workerdPids()) process.kill(pid, 'SIGKILL');
    await waitUntil('workerd is back', async () => vitrine.restarts() > before, 60_000);
    await running;
    // As if the time were over for which a run that died keeps others away.
    await (await vitrine.getD1('DB')).prepare('UPDATE job_leases SET until = 0').run();
  }
  const isWhole = async () => {
    await vitrine.scheduled();
    const { attributes } = (await (await call(access(stage), '/api/attributes')).json()) as {
      attributes: { history: { state: string } }[];
    };
    return attributes.every(({ history }) => history.state === 'whole');
  };
  await waitUntil('the attributes have their history', isWhole, PATIENCE_MS);
  const visitors = [...new Set(log.map(({ anonymousId }) => anonymousId))].slice(0, VISITORS);
  const before: string[] = [];
  const after: string[] = [];
  for (const visitor of visitors) {
    const query = new URLSearchParams({ anonymousId: visitor });
    const profile = (await (await call(access(stage), `/v/profile?${query}`)).json()) as {
      attributes: Record<string, { value: unknown }>;
    };
    for (const name of Object.keys(DEFINITIONS)) {
      before.push(`${visitor} ${name} ${profile.attributes[`before_${name}`]?.value}`);
      after.push(`${visitor} ${name} ${profile.attributes[`after_${name}`]?.value}`);
    }
  }
  const persons = Map.groupBy(
    log.filter(({ type }) => type === 'product_viewed'),
    ({ anonymousId }) => personOf(anonymousId),
  );
  const seen = visitors.map((visitor) => `${visitor} views ${persons.get(personOf(visitor))?.length}`);
  return [
    compare('attributes of the log', count(seen), count(before.filter((line) => line.split(' ')[1] === 'views'))),
    compare('attributes defined after it', count(before), count(after)),
  ];
}

import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { compactSite } from '../../jobs/compact/compact-site.ts';
import { countExposures } from '../../jobs/exposure/count-exposures.ts';
import { writeExposure } from '../../stores/model/exposure-days.ts';
import { deliver, makeMessage } from './deliver.ts';
import { aRun, makeSite, send, type TestSite } from './site.ts';

const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}` });
const exposureOf = async (site: TestSite) =>
  (await send('/api/model/exposure', { headers: secret(site) })).json<{
    narrowing: boolean;
    days: { date: string; shown: number; items: number; catalogue: number; coverage: number; gini: number }[];
  }>();
const metricsOf = async (site: TestSite) => (await send('/metrics', { headers: secret(site) })).text();

/** A slot with these products, seen by a visitor at a time. */
function shown(site: TestSite, visitor: string, products: readonly string[], time: number, bot = false) {
  const message = makeMessage(site.id, visitor, [`${visitor}-${time}`], { client: { device: 'desktop', bot } });
  for (const event of message.events)
    Object.assign(event, {
      type: 'recommendation_shown',
      time,
      properties: { slot: 'home', products: products.map((id) => ({ product_id: id })) },
    });
  return message;
}

describe('what slots have shown', () => {
  it('is counted from the lake once the day is over, without bots, and told', async ({ expect }) => {
    const site = await makeSite();
    const lines = Array.from({ length: 10 }, (_, at) =>
      JSON.stringify({ id: `p${at}`, title: `P ${at}`, url: `/p/${at}` }),
    );
    const uploaded = await send('/api/catalog', { method: 'POST', headers: secret(site), body: lines.join('\n') });
    await uploaded.text();
    const today = Math.floor(Date.now() / DAY_MS);
    const at = (today - 1) * DAY_MS + 5 * HOUR_MS;
    await deliver([
      shown(site, 'ada', ['p1', 'p2'], at),
      shown(site, 'bob', ['p1'], at + 9 * HOUR_MS),
      shown(site, 'robot', ['p7', 'p8'], at, true),
      shown(site, 'cy', ['p5'], (today - 2) * DAY_MS),
      makeMessage(site.id, 'ada', ['other']),
    ]);
    await compactSite(env, site.id, Number.POSITIVE_INFINITY, Date.now() + 60_000);
    expect((await exposureOf(site)).days).toEqual([]);
    expect(await metricsOf(site)).toContain('vitrine_shown_narrowing{');
    const settled = today * DAY_MS + 3 * HOUR_MS;
    await countExposures(env, aRun(settled));
    const date = new Date((today - 1) * DAY_MS).toISOString().slice(0, 10);
    const { narrowing, days } = await exposureOf(site);
    expect([narrowing, days]).toMatchObject([false, [{ date, shown: 3, items: 2, catalogue: 10, coverage: 0.2 }]]);
    expect(await metricsOf(site)).toMatch(/vitrine_shown_coverage_ratio\{site="[^"]+"\} 0.2/);
    // Counted once: the day is over.
    await countExposures(env, aRun(settled));
    expect((await exposureOf(site)).days).toHaveLength(1);
    await countExposures(env, aRun(settled - DAY_MS));
    expect((await exposureOf(site)).days.map(({ shown: seen }) => seen)).toEqual([3, 1]);
  });

  it('is told to operators when it has become narrow', async ({ expect }) => {
    const site = await makeSite();
    const wide = { shown: 5_000, items: 200, catalogue: 300, coverage: 0.6, gini: 0.3, effective: 180 };
    const today = Math.floor(Date.now() / DAY_MS);
    for (let ago = 1; ago <= 20; ago += 1)
      await writeExposure(env, site.id, today - ago, ago > 3 ? wide : { ...wide, effective: 40 });
    expect((await exposureOf(site)).narrowing).toBe(true);
    expect(await metricsOf(site)).toMatch(/vitrine_shown_narrowing\{site="[^"]+"\} 1/);
  });
});

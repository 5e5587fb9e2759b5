import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { DAY_MS } from '../../core/time.ts';
import { sweepFailed } from '../../jobs/sweep/sweep-failed.ts';
import { keepFailed } from '../../stores/failed-events/keep-failed.ts';
import { eventually } from './eventually.ts';
import { aRun, makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { failedReasonsOf, lakeOf, rollupsOf } from './stores.ts';

interface Failed {
  readonly key: string;
  readonly reason: string;
  readonly path: string;
  readonly message: string;
  readonly id: string | null;
  readonly event: Record<string, unknown>;
}

const api = async <T>(site: TestSite, path: string, body?: object) => {
  const response = await send(`/api/failed-events${path}`, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, answer: await response.json<T>() };
};
const listOf = async (site: TestSite, query = '') =>
  (await api<{ events: Failed[]; next: string | null }>(site, query)).answer;
const retry = async (site: TestSite, body: object) =>
  (await api<{ events: { key: string; outcome: string; code?: string }[] }>(site, '/retry', body)).answer.events;

/** An order whose id stands in the wrong place, as a shop's release makes a thousand of them. */
const wrong = (n: number) => ({
  ...makeEvent('dev', 'order_completed', { orderNumber: `o${n}`, total: 10 }),
  id: `e${n}`,
});

describe('failed events', () => {
  it('are grouped by cause, listed by pages, and found by id', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(site, [0, 1, 2].map(wrong));
    await postEvents(site, [{ ...makeEvent('dev', 'page_viewed'), occurredAt: 'yesterday', id: 'bad-time' }]);
    await postEvents(site, [makeEvent('dev', 'page_viewed', {}, 30 * 24 * 60)]);
    const { answer } = await api<{ causes: object[] }>(site, '/causes');
    expect(answer.causes).toMatchObject([
      { reason: 'invalid_properties', path: 'properties.order_id', type: 'order_completed', events: 3 },
      { reason: 'late', path: '', events: 1 },
      { reason: 'invalid_envelope', path: 'occurredAt', events: 1 },
    ]);
    const first = await listOf(site, '?reason=invalid_properties&limit=2');
    const second = await listOf(site, `?reason=invalid_properties&limit=2&cursor=${first.next}`);
    expect([...first.events, ...second.events].map(({ id }) => id).sort()).toEqual(['e0', 'e1', 'e2']);
    expect(second.next).toBeNull();
    expect((await listOf(site, '?id=bad-time')).events).toMatchObject([
      { path: 'occurredAt', message: expect.stringContaining('ISO 8601'), event: { id: 'bad-time' } },
    ]);
    expect((await api(site, '?cursor=nonsense')).status).toBe(400);
    expect((await listOf(await makeSite())).events).toEqual([]);
  });

  it('that are mended are sent in again once, however often: as if they had been right at once', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(site, [0, 1, 2, 3].map(wrong));
    const { events } = await listOf(site);
    const mended = events.slice(0, 3).map(({ key, event }) => {
      const { orderNumber, ...properties } = event.properties as Record<string, unknown>;
      return { key, event: { ...event, properties: { ...properties, order_id: orderNumber } } };
    });
    const all = [...mended, { key: events[3]?.key }, { key: '1.nothing-0' }];
    const right = ['accepted', 'accepted', 'accepted', 'refused', 'gone'];
    expect((await retry(site, { dryRun: true, events: all })).map(({ outcome }) => outcome)).toEqual(right);
    expect(await failedReasonsOf(site.id)).toHaveLength(4);
    expect((await retry(site, { events: all })).map(({ outcome }) => outcome)).toEqual(right);
    const again = await retry(site, { events: mended });
    expect(again.map(({ outcome }) => outcome)).toEqual(['gone', 'gone', 'gone']);
    await eventually(async () => expect(await rollupsOf(site.id)).toEqual({ order_completed: 3 }));
    expect(await failedReasonsOf(site.id)).toEqual(['invalid_properties']);
    await eventually(async () => expect((await lakeOf(site.id)).map(({ id }) => id)).toHaveLength(3));
  });

  it('get no authority that they did not have: what a page said is no word of the server', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(site, [{ ...makeEvent('dev', 'identify'), userId: 'ann' }]);
    const spoken = { id: 'x', type: 'page_viewed', occurredAt: 'now', userId: 'ann' };
    await postEvents(site, [spoken]);
    await send('/v/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ events: [{ ...spoken, id: 'y' }] }),
    });
    const { events } = await listOf(site, '?reason=invalid_envelope');
    const occurredAt = new Date().toISOString();
    const mended = events.map(({ key, event }) => ({ key, event: { ...event, occurredAt } }));
    const outcomes = await retry(site, { events: mended });
    expect(outcomes.map(({ outcome, code }, at) => [events[at]?.id, outcome, code]).sort()).toEqual([
      ['x', 'refused', 'proof_required'],
      ['y', 'accepted', undefined],
    ]);
  });

  it('go to the lake as history where that is asked for', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(site, [{ ...makeEvent('dev', 'page_viewed', {}, 30 * 24 * 60), id: 'old' }]);
    const { events } = await listOf(site);
    const keys = events.map(({ key }) => ({ key }));
    expect(await retry(site, { events: keys })).toMatchObject([{ outcome: 'refused', code: 'late' }]);
    expect(await retry(site, { dryRun: true, history: true, events: keys })).toMatchObject([{ outcome: 'history' }]);
    expect(await retry(site, { history: true, events: keys })).toMatchObject([{ outcome: 'history' }]);
    expect(await lakeOf(site.id)).toMatchObject([{ id: 'old', ledger: 'a/dev' }]);
    expect(await failedReasonsOf(site.id)).toEqual([]);
  });

  it('are kept as long as the site says, and no more than it says', async ({ expect }) => {
    const site = await makeSite();
    const keep = (days: number, count: number) =>
      keepFailed(env, {
        site: site.id,
        time: Date.now() - days * DAY_MS,
        failed: Array.from({ length: count }, (_, n) => ({
          ...{ reason: 'late', message: 'late', payload: { id: `${days}-${n}`, anonymousId: 'dev' } },
        })),
      });
    await keep(40, 3);
    const letter = { reason: 'dead_letter', message: 'away', payload: { id: 'm', events: [] } };
    await keepFailed(env, { site: site.id, time: Date.now() - 41 * DAY_MS, failed: [letter] });
    await keep(20, 700);
    await keep(1, 600);
    await sweepFailed(env, aRun());
    expect(await failedReasonsOf(site.id)).toHaveLength(1_301);
    const settings = JSON.stringify({ failedEvents: { days: 30, most: 1_000 } });
    await env.DB.prepare('UPDATE sites SET settings = ? WHERE id = ?').bind(settings, site.id).run();
    await sweepFailed(env, aRun());
    const reasons = await failedReasonsOf(site.id);
    const left = reasons.filter((reason) => reason === 'late');
    expect(left.length).toBeLessThanOrEqual(1_000 + 300);
    expect(left.length).toBeGreaterThanOrEqual(1_000);
    // What was accepted is never forgotten by the clock.
    expect(reasons).toContain('dead_letter');
    const { objects } = await env.LAKE.list({ prefix: `failed/site=${site.id}/` });
    expect(objects).toHaveLength(3);
  });
});

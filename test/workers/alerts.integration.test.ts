import { runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { emptyMinute } from '../../core/pulse/minute.ts';
import { tallyDelay, tallyRequest } from '../../core/pulse/tally-operation.ts';
import { MINUTE_MS } from '../../core/time.ts';
import type { WebhookMessage } from '../../core/webhooks/message.ts';
import { runJob } from '../../jobs/schedule/run-job.ts';
import { JOBS } from '../../jobs/table.ts';
import { pulseStub } from '../../stores/pulse/pulse-stub.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';

const secretly = (site: TestSite) => ({ headers: { authorization: `Bearer ${site.secretKey}` } });
const metricsOf = async (site: TestSite) => (await send('/metrics', secretly(site))).text();
/** Values of the series of a metric, by their labels. */
const seriesOf = (page: string, metric: string): Record<string, number> =>
  Object.fromEntries(
    [...page.matchAll(new RegExp(`^${metric}\\{site="[^"]*",?([^}]*)\\} (\\S+)$`, 'gm'))].map(([, labels, value]) => [
      labels,
      Number(value),
    ]),
  );
const NOW = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;
const watch = JOBS.find(({ name }) => name === 'watch');

describe('what a site’s operation is measured by', () => {
  it('is requests, decisions by slot, tier and reason, and how long events were under way', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(site, [makeEvent('ann', 'page_viewed'), makeEvent('ann', 'page_viewed')]);
    for (const slot of ['home', 'home', 'cart'])
      await (await send(`/v/recommendations?key=${site.writeKey}&slot=${slot}&anonymous_id=ann`)).text();
    await (await send(`/v/fragments/home?key=${site.writeKey}&anonymous_id=ann`)).text();
    await eventually(async () => {
      const page = await metricsOf(site);
      expect(seriesOf(page, 'vitrine_requests_total')).toMatchObject({
        'kind="accept",status="2xx"': 1,
        'kind="accept",status="5xx"': 0,
        'kind="read",status="2xx"': 4,
      });
      const decisions = Object.entries(seriesOf(page, 'vitrine_decisions_total'));
      expect(decisions.filter(([name]) => name.includes('"home"')).reduce((sum, [, by]) => sum + by, 0)).toBe(3);
      expect(Object.values(seriesOf(page, 'vitrine_decision_reasons_total')).reduce((a, b) => a + b)).toBe(4);
      const reads = seriesOf(page, 'vitrine_reads_total');
      expect((reads['outcome="whole"'] ?? 0) + (reads['outcome="degraded"'] ?? 0)).toBe(4);
      expect(seriesOf(page, 'vitrine_read_duration_seconds_count')).toEqual({ '': 4 });
      expect(seriesOf(page, 'vitrine_event_delay_seconds_count')).toEqual({
        'stage="queued"': 2,
        'stage="applied"': 2,
        'stage="recorded"': 2,
      });
      const buckets = seriesOf(page, 'vitrine_event_delay_seconds_bucket');
      expect(buckets['stage="applied",le="+Inf"']).toBe(2);
      expect(buckets['stage="applied",le="3600"']).toBe(2);
    });
  });

  it('is how each job ran last, and whether stream and lake agree', async ({ expect }) => {
    const site = await makeSite();
    const fails = async () => {
      throw new Error('it fails');
    };
    const job = { name: 'publish', when: () => true, deadlineMs: 1_000 };
    expect(await runJob(env, { ...job, run: async () => {} }, Date.now())).toBe('done');
    const done = seriesOf(await metricsOf(site), 'vitrine_job_last_success_timestamp_seconds')['job="publish"'] ?? 0;
    expect(Date.now() / 1_000 - done).toBeLessThan(60);
    expect(await runJob(env, { ...job, run: fails }, Date.now())).toBe('failed');
    await env.DB.prepare('INSERT INTO reconciliations (site, at, verdict, report) VALUES (?, ?, ?, ?)')
      .bind(site.id, NOW, 'drift', '{}')
      .run();
    const page = await metricsOf(site);
    expect(seriesOf(page, 'vitrine_job_failed')['job="publish"']).toBe(1);
    expect(seriesOf(page, 'vitrine_job_last_success_timestamp_seconds')['job="publish"']).toBe(done);
    expect(seriesOf(page, 'vitrine_reconciliation_drift')).toEqual({ '': 1 });
  });
});

describe('rules where there is no Prometheus', () => {
  it('fire and are resolved once, to the site’s webhooks, and again under the same id where they could not be told', async ({
    expect,
  }) => {
    const site = await makeSite();
    const other = await makeSite();
    const stub = pulseStub(env, site.id);
    const sent: WebhookMessage[] = [];
    let isAway = true;
    await runInDurableObject(stub, (object) => {
      const own = object as unknown as { env: Env };
      const sendBatch = async (messages: readonly { body: WebhookMessage }[]) => {
        sent.push(...messages.map(({ body }) => body));
        if (isAway) throw new Error('the queue is away');
      };
      own.env = { ...own.env, WEBHOOKS: { sendBatch, send: async () => undefined } as never };
    });
    const minute = (at: number, failed: number, lateMs: number) => {
      const tally = emptyMinute();
      for (let request = 0; request < 100; request += 1) tallyRequest(tally, 'accept', request < failed ? 503 : 202);
      tallyDelay(tally, 'applied', lateMs, 100);
      return [Math.floor(NOW / MINUTE_MS) + at, tally] as const;
    };
    // Half an hour in which all is well, then ten minutes in which a third of all requests is refused and all events are late.
    const minutes = Array.from({ length: 40 }, (_, at) => minute(at - 40, at < 30 ? 0 : 33, at < 30 ? 200 : 20_000));
    await stub.add({ v: 1, site: site.id, minutes });
    const look = async (at: number) => {
      if (!watch) throw new Error('there is no job "watch"');
      await watch.run(env, { now: NOW + at * MINUTE_MS, deadline: Date.now() + 30_000 });
      return sent.splice(0).map(({ type, data }) => `${type} ${data.rule}`);
    };
    const alertsOf = async (one: TestSite) =>
      (
        (await (await send('/api/pulse', secretly(one))).json()) as {
          alerts: { rule: string; firedAt: string | null }[];
        }
      ).alerts;
    const mine = (rules: readonly string[]) => rules.filter((rule) => /Accept|Stale(?:Fast|Slow)/.test(rule));
    expect(mine(await look(0))).toEqual([]);
    expect((await alertsOf(site)).filter(({ firedAt }) => firedAt === null).map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['VitrineAcceptFailedFast', 'VitrineEventsStaleFast']),
    );
    await look(1);
    await look(2).catch(() => undefined);
    expect(await alertsOf(other)).toEqual([]);
    isAway = false;
    expect(mine(await look(3))).toEqual(['alert.fired VitrineAcceptFailedFast', 'alert.fired VitrineEventsStaleFast']);
    expect(mine(await look(4))).toEqual([]);
    const fired = await alertsOf(site);
    expect(fired.find(({ rule }) => rule === 'VitrineAcceptFailedFast')?.firedAt).not.toBeNull();
    // All is well again for longer than the short window.
    await stub.add({ v: 1, site: site.id, minutes: Array.from({ length: 40 }, (_, at) => minute(at, 0, 200)) });
    const over = mine(await look(40));
    expect(over).toEqual(
      expect.arrayContaining(['alert.resolved VitrineAcceptFailedFast', 'alert.resolved VitrineEventsStaleFast']),
    );
  });
});

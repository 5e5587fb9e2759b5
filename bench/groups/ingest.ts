import { benchEvent, EVENTS_PER_REQUEST, ingestRequest } from '../harness/bench-site.ts';
import { closedLoop } from '../harness/closed-loop.ts';
import type { BenchRequest } from '../harness/http-client.ts';
import { median } from '../harness/percentile.ts';
import { measured, type Result } from '../harness/result.ts';
import { withWorker } from '../harness/running.ts';

const CONNECTIONS = 16;
const ROUNDS = 7;
const ROUND_MS = 1_500;
const VISITORS = 500;
/** Share of events that change a cart or order, as in a public click log (cart 5.3%, buy 2.1%). */
const CRITICAL_SHARE = 0.074;

/** Requests of five events of one visitor; `criticalShare` of the events go to the profile in the same request. */
function requests(criticalShare: number): () => BenchRequest {
  let sent = 0;
  return () => {
    sent += 1;
    const visitor = `visitor-${sent % VISITORS}`;
    const events = Array.from({ length: EVENTS_PER_REQUEST }, (_, index) => {
      const type = Math.random() < criticalShare ? 'product_added' : 'product_viewed';
      return benchEvent(visitor, type, (sent * 7 + index) % 1_000);
    });
    return ingestRequest(events);
  };
}

/**
 * Ingest throughput against a bare route that parses the same JSON and sends it to a queue, in turns. The queues have no consumer
 * here: what is compared is the way to the 202.
 */
export function benchIngest(): Promise<Result[]> {
  return withWorker('vitrine', { queue: 'unconsumed' }, (vitrine) =>
    withWorker('bare', { queue: 'unconsumed' }, async (bare) => {
      const views = requests(0);
      const mixed = requests(CRITICAL_SHARE);
      const rates = { bare: [] as number[], views: [] as number[], mixed: [] as number[] };
      for (let round = 0; round <= ROUNDS; round += 1) {
        const loop = { connections: CONNECTIONS, durationMs: ROUND_MS, status: 202 };
        const bareRate = await closedLoop(bare.client, { ...loop, next: views });
        const viewsRate = await closedLoop(vitrine.client, { ...loop, next: views });
        const mixedRate = await closedLoop(vitrine.client, { ...loop, next: mixed });
        // The first round warms up.
        if (round === 0) continue;
        rates.bare.push(bareRate);
        rates.views.push(viewsRate);
        rates.mixed.push(mixedRate);
      }
      const ratio = (rate: readonly number[]) => median(rate.map((value, round) => value / (rates.bare[round] ?? 1)));
      return [
        measured('ingest.events_per_second', median(rates.views) * EVENTS_PER_REQUEST, 'events/s'),
        measured('ingest.bare_events_per_second', median(rates.bare) * EVENTS_PER_REQUEST, 'events/s'),
        measured('ingest.ratio_to_bare', ratio(rates.views), 'x', { compare: '>=', bound: 0.5 }),
        measured(
          'ingest.ratio_to_bare_with_critical',
          ratio(rates.mixed),
          'x',
          undefined,
          `${(CRITICAL_SHARE * 100).toFixed(1)}% of events also go to the profile before the 202`,
        ),
      ];
    }),
  );
}

import { describe, it } from 'vitest';
import { all, any, gauge, is, rate } from './condition.ts';
import type { Samples } from './evaluate.ts';
import { increaseIn } from './increase.ts';
import type { AlertRule } from './rules.ts';
import { lookAt, type StandingAlert } from './standing.ts';

const MINUTE = 60_000;
const rule = (when: AlertRule['when'], forTime = '2m'): AlertRule => ({
  name: 'VitrineSome',
  when,
  for: forTime,
  severity: 'page',
  summary: '{{ $labels.feed }} of {{ $labels.site }} is at {{ $value }}.',
});
const feeds = (states: Record<string, number>, now: number): Samples => ({
  now,
  gauges: Object.entries(states).map(([feed, value]) => ({
    metric: 'vitrine_feed_state',
    labels: { feed, state: 'held' },
    value,
  })),
  increase: () => 0,
});
const HELD = rule(is(gauge('vitrine_feed_state', { state: ['failed', 'held'] }), '==', 1));

describe('alerts that stand', () => {
  it('fire once, when they have held for as long as they must, each series for itself, and are resolved once', ({
    expect,
  }) => {
    let before: readonly StandingAlert[] = [];
    const told: string[] = [];
    const states = [
      { a: 1, b: 0 },
      { a: 1, b: 1 },
      { a: 1, b: 1 },
      { a: 1, b: 0 },
      { a: 0, b: 0 },
      { a: 0, b: 0 },
    ];
    for (const [minute, state] of states.entries()) {
      const look = lookAt([HELD], feeds(state, minute * MINUTE), 'shop', before);
      before = look.standing;
      for (const { labels, summary } of look.fired) told.push(`${minute} fired ${labels.feed}: ${summary}`);
      for (const { labels } of look.resolved) told.push(`${minute} resolved ${labels.feed}`);
    }
    // b held for one minute only.
    expect(told).toEqual(['2 fired a: a of shop is at 1.', '4 resolved a']);
    expect(before).toEqual([]);
  });

  it('stand for each series once, whichever of several conditions holds for it', ({ expect }) => {
    const held = (feed: string) => is(gauge('vitrine_feed_state', { feed, state: 'held' }), '==', 1);
    const { standing } = lookAt(
      [rule(any(held('a'), held('b'), held('a')))],
      feeds({ a: 1, b: 1, c: 1 }, 0),
      'shop',
      [],
    );
    expect(standing.map(({ labels }) => labels.feed)).toEqual(['a', 'b']);
  });

  it('begin anew after a gap', ({ expect }) => {
    let before: readonly StandingAlert[] = [];
    const fired: number[] = [];
    for (const [minute, value] of [1, 0, 1, 1, 1].entries()) {
      const look = lookAt([HELD], feeds({ a: value }, minute * MINUTE), 'shop', before);
      before = look.standing;
      if (look.fired.length > 0) fired.push(minute);
    }
    expect(fired).toEqual([4]);
  });

  it('count what came in minutes and hours, and say nothing of parts of nothing', ({ expect }) => {
    const minute = (at: number, counts: Record<string, number>) => ({
      from: at * MINUTE,
      to: (at + 1) * MINUTE,
      counts,
    });
    const hour = {
      from: 0,
      to: 60 * MINUTE,
      counts: { accepted: 600, rejected: 6, 'delay|applied|5000': 3, 'delay|applied|30000': 2, 'delay|applied|inf': 1 },
    };
    const increase = increaseIn([hour, minute(61, { accepted: 5 }), minute(64, { accepted: 7 })]);
    const now = 65 * MINUTE;
    expect(increase('vitrine_events_total', { outcome: 'accepted' }, now - 4 * MINUTE, now)).toBe(12);
    expect(increase('vitrine_events_total', { outcome: 'accepted' }, now - 2 * MINUTE, now)).toBe(7);
    expect(increase('vitrine_events_total', {}, 0, now)).toBe(618);
    expect(increase('vitrine_event_delay_seconds', { stage: 'applied' }, 0, now)).toBe(6);
    expect(increase('vitrine_event_delay_seconds', { stage: 'applied' }, 0, now, 10)).toBe(3);
    expect(increase('vitrine_event_delay_seconds', { stage: 'recorded' }, 0, now, 10)).toBe(0);
    const silent = rule(
      all(is(rate('vitrine_events_total', {}, '5m'), '==', 0), is(rate('vitrine_events_total', {}, '1h'), '>', 0)),
      '0m',
    );
    const look = lookAt([silent], { now: now + 10 * MINUTE, gauges: [], increase }, 'shop', []);
    expect(look.fired).toHaveLength(1);
  });
});

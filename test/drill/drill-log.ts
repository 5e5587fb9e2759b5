import { seededRandom } from '../../ops/seeded-random.ts';
import { generateLog } from '../broker/generate-log.ts';

/** An event of the drill's log. */
export interface DrillEvent {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: string;
  readonly anonymousId: string;
  readonly userId?: string;
  readonly properties?: Record<string, unknown>;
}

/** Share of visitors who say who they are; two of them are one user. */
const KNOWN_SHARE = 0.3;

/**
 * A click log with repeated lines, in which some visitors are the same person and orders are told twice with other figures. Written so
 * that nothing in it depends on when it is sent: the newest event is hours old, so that a clock that jumps moves none.
 */
export function drillLog(seed: number, events: number, visitors: number): DrillEvent[] {
  const random = seededRandom(seed + 1);
  const endMs = Math.floor(Date.now() / 3_600_000) * 3_600_000 - 6 * 3_600_000;
  const clicks = generateLog({ seed, events, visitors, endMs, repeats: 0.08 }).map((line): DrillEvent => {
    const event: DrillEvent = JSON.parse(line);
    if (event.type !== 'order_completed') return event;
    // Of each visitor two orders, told again and again with other totals; which one holds is decided by time, not by arrival. A page takes over
    // no order of another visitor.
    const number = [...event.id].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 9_973, 7);
    return {
      ...event,
      properties: { ...event.properties, order_id: `o-${event.anonymousId}-${number % 2}`, total: number },
    };
  });
  const known = Array.from(
    { length: Math.floor(visitors * KNOWN_SHARE) },
    (_, n): DrillEvent => ({
      id: `identify-${seed}-${n}`,
      type: 'identify',
      occurredAt: new Date(endMs - Math.floor(random() * 3_600_000)).toISOString(),
      anonymousId: `v${n}`,
      userId: userOf(n),
      properties: {},
    }),
  );
  for (const event of known) clicks.splice(Math.floor(random() * clicks.length), 0, event);
  return clicks;
}

/** The person that a visitor of the log is. */
export function personOfVisitor(visitor: string, visitors: number): string {
  const number = Number(visitor.slice(1));
  return number < Math.floor(visitors * KNOWN_SHARE) ? userOf(number) : visitor;
}

const userOf = (visitor: number) => `u${Math.floor(visitor / 2)}`;

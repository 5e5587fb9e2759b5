import type { ReplayEvent } from './replay-event.ts';

/** The event with its time moved by `shiftMs`; gaps and order between events stay. */
export function rebaseEvent(event: ReplayEvent, shiftMs: number): ReplayEvent {
  if (shiftMs === 0) return event;
  return { ...event, occurredAt: new Date(Date.parse(event.occurredAt) + shiftMs).toISOString() };
}

/** By how much times move so that the newest of them is `nowMs`; whole seconds, so that a log in seconds stays one. */
export function rebaseShift(newestMs: number | undefined, nowMs: number): number {
  return newestMs === undefined ? 0 : Math.floor((nowMs - newestMs) / 1_000) * 1_000;
}

import { z } from 'zod';

/** An event of a log as it is sent, its time still that of the log. The server checks it in full. */
export const replayEventSchema = z.looseObject({
  id: z.string(),
  type: z.string(),
  occurredAt: z.string().refine((text) => !Number.isNaN(Date.parse(text)), 'occurredAt is not a time'),
  anonymousId: z.string(),
});
export type ReplayEvent = z.infer<typeof replayEventSchema>;

/** What a line of a log is: an event, nothing to send, or unreadable, with the reason. */
export type ReadLine =
  | { readonly kind: 'event'; readonly event: ReplayEvent }
  | { readonly kind: 'nothing' }
  | { readonly kind: 'refused'; readonly reason: string };

/** Reads a line of a log; `line` counts from 1. */
export type LineReader = (text: string, line: number) => ReadLine;

export const NOTHING: ReadLine = { kind: 'nothing' };

/** The outcome for a line that can't be read. */
export function refused(reason: string): ReadLine {
  return { kind: 'refused', reason };
}

import { z } from 'zod';
import { NOTHING, type ReadLine, refused, replayEventSchema } from './replay-event.ts';

/** Reads a line of an NDJSON log: an event as `POST /v/events` takes it. */
export function readEventLine(text: string): ReadLine {
  if (text.trim() === '') return NOTHING;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refused(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = replayEventSchema.safeParse(value);
  if (parsed.success) return { kind: 'event', event: parsed.data };
  return refused(`not an event: ${z.prettifyError(parsed.error).replaceAll('\n', ' ')}`);
}

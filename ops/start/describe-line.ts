import { z } from 'zod';
import type { LogLine } from '../runtime/runtime-log.ts';
import { SHOPPER_REQUEST } from '../shoppers/run-shoppers.ts';

const field = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const lineSchema = z.object({ event: z.string() }).catchall(field);
const requestSchema = z
  .object({
    route: z.string(),
    status: z.number(),
    ms: z.number(),
    requestId: z.string(),
    site: z.string(),
    accepted: z.number(),
    rejected: z.number(),
    code: z.string(),
    slot: z.string(),
    tier: z.string(),
    reason: z.string().nullable(),
  })
  .partial();

/**
 * A line of the Worker's log for people: one for each request of a person or a server, with what became of it, and one for what
 * failed. Nothing for what is in order without having been asked for (jobs, batches of the queue) and for simulated shoppers.
 */
export function describeLine({ level, message, timestamp }: LogLine): string | undefined {
  const time = new Date(timestamp).toTimeString().slice(0, 8);
  const parsed = lineSchema.safeParse(jsonOf(message));
  if (!parsed.success) return level === 'log' && !message.trim() ? undefined : `${time}  ${message}`;
  const { event, ...fields } = parsed.data;
  if (event === 'request') return describeRequest(time, requestSchema.parse(fields));
  if (
    fields.error === undefined &&
    fields.why === undefined &&
    !/failed|unreadable|unavailable|unknown|error/.test(event)
  )
    return undefined;
  return `${time}  ${event}  ${pairs(fields)}`;
}

function describeRequest(time: string, request: z.infer<typeof requestSchema>): string | undefined {
  const {
    route = '',
    status = 0,
    ms = 0,
    requestId = '',
    site,
    accepted,
    rejected = 0,
    code,
    slot,
    tier,
    reason,
  } = request;
  if (requestId.startsWith(SHOPPER_REQUEST)) return undefined;
  const result = [
    accepted === undefined ? undefined : `${accepted} accepted`,
    rejected > 0 ? `${rejected} refused: ${code}` : code,
    slot === undefined ? undefined : `slot ${slot}`,
    tier === undefined ? undefined : `tier ${tier}`,
    reason ?? undefined,
  ].filter((text) => text !== undefined);
  return [time, status, route, site, result.join(', '), `${ms} ms`]
    .filter((text) => text !== undefined && text !== '')
    .join('  ');
}

function pairs(fields: Readonly<Record<string, unknown>>): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

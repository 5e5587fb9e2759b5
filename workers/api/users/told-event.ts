import { z } from 'zod';
import { ledgerId } from '../../../core/identity/ledger.ts';
import { isRecord } from '../../../core/json/values.ts';
import type { RawEvent } from '../../../core/lake/raw-object.ts';

/** An event as the lake has it, for people to read. */
export const toldEventSchema = z.object({
  id: z.string(),
  type: z.string(),
  at: z.int().meta({ description: 'When it happened, ms since 1970.' }),
  receivedAt: z.int(),
  anonymousId: z.string().nullable().meta({ description: 'The device that it came from.' }),
  userId: z.string().nullable(),
  page: z.string().nullable(),
  device: z.string().nullable(),
  browser: z.string().nullable(),
  properties: z.record(z.string(), z.unknown()),
});

/** Tells an event of the lake. */
export function toldEvent({ id, type, time, receivedAt, ledger, userId, context, client, properties }: RawEvent) {
  const page = isRecord(context?.page) ? context.page.path : undefined;
  return {
    id,
    type,
    at: time,
    receivedAt,
    anonymousId: ledger.startsWith('a/') ? ledgerId(ledger) : null,
    userId: userId ?? null,
    page: typeof page === 'string' ? page : null,
    device: client.device ?? null,
    browser: client.browser ?? null,
    properties: properties ?? {},
  };
}

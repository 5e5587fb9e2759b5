import { z } from 'zod';
import { anonymousIdSchema } from '../../core/events/wire-event.ts';
import { HttpError } from '../http/error.ts';
import { visitorOf } from '../site/visitor-cookie.ts';

export const STRATEGIES = ['for_you', 'similar', 'trending', 'recently_viewed'] as const;
export type Strategy = (typeof STRATEGIES)[number];

const querySchema = z.object({
  slot: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, 'must be 1–64 letters, digits, "-" or "_"')
    .default('default'),
  strategy: z.enum(STRATEGIES).default('for_you'),
  item: z.string().min(1).max(256).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(8),
  anonymousId: anonymousIdSchema.optional(),
});

/** What a read asks for, and for whom. */
export interface ReadQuery extends Omit<z.infer<typeof querySchema>, 'anonymousId'> {
  readonly anonymousId: string | undefined;
}

/** Reads the query of a recommendation or fragment. The visitor is the cookie's; `anonymousId` serves clients without cookies. */
export function parseQuery(request: Request, url: URL, slot?: string): ReadQuery {
  const parsed = querySchema.safeParse({
    ...Object.fromEntries(url.searchParams),
    ...(slot !== undefined && { slot }),
  });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new HttpError(400, `${issue?.path.join('.')}: ${issue?.message}`, { code: 'invalid_query' });
  }
  if (parsed.data.strategy === 'similar' && parsed.data.item === undefined) {
    throw new HttpError(400, 'item: the strategy "similar" needs the product it shall be similar to, as ?item=', {
      code: 'invalid_query',
    });
  }
  return { ...parsed.data, anonymousId: visitorOf(request) ?? parsed.data.anonymousId };
}

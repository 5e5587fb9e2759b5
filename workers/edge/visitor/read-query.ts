import { z } from 'zod';
import type { ConsentDefaults } from '../../../core/consent/policy.ts';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import type { Ledger } from '../../../core/identity/ledger.ts';
import { STRATEGIES } from '../../../core/recommend/strategy.ts';
import type { Site } from '../../../stores/sites/site.ts';
import { HttpError } from '../../http/error.ts';
import { requestDefaults } from './request-defaults.ts';
import { homeOf, visitorOf } from './visitor-cookie.ts';

/** The query of a read. */
export const readQuerySchema = z.object({
  slot: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, 'must be 1–64 letters, digits, "-" or "_"')
    .default('default'),
  strategy: z.enum(STRATEGIES).default('for_you'),
  item: z.string().min(1).max(256).optional(),
  limit: z.coerce.number().int().min(1).max(50).default(8),
  anonymousId: anonymousIdSchema.optional(),
  userId: userIdSchema.optional(),
});

/** What a read asks for, and for whom. */
export interface ReadQuery extends Omit<z.infer<typeof readQuerySchema>, 'anonymousId'> {
  readonly anonymousId: string | undefined;
  /** Only ever there with the secret key. */
  readonly userId?: string | undefined;
  /** Where the cookie says that the visitor's person may be. */
  readonly home?: Ledger | undefined;
  readonly consent: ConsentDefaults;
}

/**
 * Reads the query of a recommendation or fragment. The visitor is the cookie's; `anonymousId` serves clients without cookies,
 * `userId` servers with the secret key.
 */
export function parseQuery(request: Request, url: URL, site: Site, slot?: string): ReadQuery {
  const parsed = readQuerySchema.safeParse({
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
  if (parsed.data.userId !== undefined && site.keyKind !== 'secret') {
    throw new HttpError(403, 'userId: only the secret key may ask for any user. Pages ask with the visitor’s cookie.', {
      code: 'secret_key_required',
    });
  }
  return {
    ...parsed.data,
    anonymousId: visitorOf(request) ?? parsed.data.anonymousId,
    home: homeOf(request),
    consent: requestDefaults(request, site),
  };
}

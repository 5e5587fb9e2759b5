import { z } from 'zod';
import type { ConsentDefaults } from '../../../core/consent/policy.ts';
import { STRATEGIES } from '../../../core/decisions/strategy.ts';
import { anonymousIdSchema, userIdSchema } from '../../../core/events/person-ids.ts';
import { claimsOf, isSigned, MAX_TOKEN_LENGTH } from '../../../core/identity/signed-token.ts';
import { VISITOR_TOKEN_LENGTH } from '../../../core/identity/visitor-token.ts';
import { type Hint, parseHint } from '../../../core/recommend/hint.ts';
import type { Site } from '../../../stores/sites/site.ts';
import { authorizePublic } from '../../http/authorize.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { HttpError } from '../../http/error.ts';
import { parseJson } from '../../http/parse-json.ts';
import { readBoundedText } from '../../http/read-body.ts';
import { isCounted } from './is-counted.ts';
import { namedVisitor } from './proven-visitor.ts';
import { requestDefaults } from './request-defaults.ts';
import { visitorCookies } from './visitor-cookie.ts';

/** Bytes of the body of a read. */
const MAX_READ_BYTES = 16_384;

/** The query of a read; the body of one that is posted, so that neither key nor ids stand in an address. */
export const readQuerySchema = z.object({
  slot: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/i, 'must be 1–64 letters, digits, "-" or "_"')
    .default('default'),
  strategy: z.enum(STRATEGIES).default('for_you'),
  item: z.string().min(1).max(256).optional(),
  seen: z.enum(['hide', 'show']).default('hide').meta({
    description: 'Whether "for_you" may answer with what the visitor has seen already.',
  }),
  limit: z.coerce.number().int().min(1).max(50).default(8),
  locale: z
    .string()
    .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, 'must be a language such as "de" or "de-AT"')
    .optional()
    .meta({ description: 'The language of the page: products are told in it, where the catalogue has it.' }),
  page: z.string().max(4_096).optional().meta({
    description: 'The address of the page, for the conditions of rules; default: the `Referer`.',
  }),
  explain: z
    .enum(['0', '1'])
    .default('0')
    .meta({ description: '1: tells how the slot came to show this, to who has the secret key or an `explainToken`.' }),
  explainToken: z.string().max(MAX_TOKEN_LENGTH).optional().meta({
    description: 'What `POST /api/merchandising/explain-token` gave: lets the shop’s own page ask why.',
  }),
  anonymousId: anonymousIdSchema.optional(),
  visitorToken: z.string().max(VISITOR_TOKEN_LENGTH).optional().meta({
    description:
      'What `POST /v/events` answered for this visitor, where his cookies cannot be. Without token or cookie nothing of him is read.',
  }),
  hint: z.string().optional().meta({
    description:
      'What the browser has done and has not seen confirmed: entries apart by "/", newest first, each "v" (viewed), "a" (added to the cart) or "r" (removed) and the percent-encoded product id. Also read from the cookie `vitrine_hint`. What cannot be read is left out.',
  }),
  userId: userIdSchema.optional(),
});

/** The body of a posted read, for the document: the same members, with the key if no header bears it. */
export const readBody = {
  content: { 'text/plain': { schema: z.string().meta({ description: 'JSON: the members of the query, and `key`.' }) } },
};

/** What a read asks for, and for whom. */
export interface ReadQuery
  extends Omit<z.infer<typeof readQuerySchema>, 'anonymousId' | 'visitorToken' | 'explainToken' | 'hint'> {
  /** Only of a visitor whose token, or the secret key, came along. */
  readonly anonymousId: string | undefined;
  /** Whether a visitor was named whose token is missing. */
  readonly unproven: boolean;
  /** Who he says he is; without a proof nothing of him is read, but which variant he has. */
  readonly claimedId: string | undefined;
  /** Whether experiments count him. */
  readonly counted: boolean;
  /** Only ever there with the secret key. */
  readonly userId?: string | undefined;
  readonly hint: Hint;
  readonly consent: ConsentDefaults;
}

/** A read with the site that it is for. */
export interface Read {
  readonly site: Site;
  readonly query: ReadQuery;
}

/**
 * Reads what a recommendation, fragment or profile is asked for, from the query, or from the body of a POST. The visitor is the one that is
 * named, else the cookie's; `userId` serves servers with the secret key.
 */
export async function readRequest(request: Request, url: URL, env: Env, slot?: string): Promise<Read> {
  const said = { ...Object.fromEntries(url.searchParams), ...(await bodyOf(request)) };
  const key = typeof said.key === 'string' && said.key !== '' ? said.key : undefined;
  const site = await authorizePublic(request, url, env, 'recommendations:read', key);
  const asked = checkedQuery(readQuerySchema, { ...said, ...(slot !== undefined && { slot }) });
  if (asked.userId !== undefined && site.keyKind !== 'secret') {
    throw new HttpError(403, 'userId: only the secret key may ask for any user. Pages ask with the visitor’s cookie.', {
      code: 'secret_key_required',
    });
  }
  if (asked.explain === '1' && site.keyKind !== 'secret' && !mayExplain(site, asked.explainToken ?? '')) {
    throw new HttpError(403, 'explain: only who has the secret key, or a token of it that still holds, may ask why.', {
      code: 'secret_key_required',
    });
  }
  return { site, query: visitorQuery(asked, visitorOf(request, site, asked)) };
}

function mayExplain(site: Site, token: string): boolean {
  return claimsOf('explain', token, Date.now()) !== undefined && isSigned(site.visitorKey, 'explain', token);
}

/** For whom a read is, as far as the request and its cookies prove it. */
export type ReadVisitor = Pick<ReadQuery, 'anonymousId' | 'unproven' | 'claimedId' | 'counted' | 'hint' | 'consent'>;

/** The visitor whom a request names. */
export function visitorOf(request: Request, site: Site, asked: z.infer<typeof readQuerySchema>): ReadVisitor {
  const cookies = visitorCookies(request);
  const visitor = namedVisitor(request, site, asked, cookies);
  return {
    anonymousId: visitor.proven ? visitor.anonymousId : undefined,
    unproven: visitor.anonymousId !== undefined && !visitor.proven,
    claimedId: visitor.anonymousId,
    counted: isCounted(request, site.settings, site.keyKind === 'secret'),
    hint: parseHint(asked.hint ?? cookies.hint),
    consent: requestDefaults(request, site),
  };
}

/**
 * A read as it was asked for, with its visitor.
 *
 * @throws HttpError 400 where the strategy lacks what it needs.
 */
export function visitorQuery(asked: z.infer<typeof readQuerySchema>, visitor: ReadVisitor): ReadQuery {
  const { anonymousId: _, visitorToken: __, explainToken: ___, hint: ____, ...query } = asked;
  if (query.strategy === 'similar' && query.item === undefined) {
    throw new HttpError(400, 'item: the strategy "similar" needs the product it shall be similar to, as ?item=', {
      code: 'invalid_query',
    });
  }
  return { ...query, ...visitor };
}

async function bodyOf(request: Request): Promise<Record<string, unknown>> {
  if (request.method !== 'POST') return {};
  const { text } = await readBoundedText(request, MAX_READ_BYTES);
  const body = text === '' ? {} : parseJson(text);
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw new HttpError(400, 'The body must be a JSON object, e.g. {"key":"wk_…","strategy":"for_you"}.', {
      code: 'invalid_body',
    });
  return Object.fromEntries(Object.entries(body));
}

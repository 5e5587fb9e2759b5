import { campaignOf } from '../../../core/events/enrich.ts';
import type { RuleInput } from '../../../core/merchandising/effects.ts';
import { wallClock } from '../../../core/merchandising/schedule.ts';
import type { RuleFacts } from '../../../core/profile/recent-items.ts';
import { DAY_MS } from '../../../core/time.ts';
import { clientOf } from '../visitor/client.ts';
import type { ReadQuery } from '../visitor/read-query.ts';

/** Where a visitor is: the page, his device and place, and the clock there. */
export interface Place {
  readonly page?: URL | undefined;
  readonly device?: string | undefined;
  readonly country?: string | undefined;
  readonly region?: string | undefined;
  readonly city?: string | undefined;
  readonly timezone?: string | undefined;
}

/** What somebody wants to see a slot with: other facts of the visitor and his place, another time (ms since 1970). */
export interface Pretence {
  readonly visitor?: Readonly<Record<string, unknown>> | undefined;
  readonly segments?: readonly string[] | undefined;
  readonly attributes?: Readonly<Record<string, unknown>> | undefined;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Ids of his last products, newest first. */
  readonly recent?: readonly string[] | undefined;
  readonly at?: number | undefined;
}

/** The place that a request comes from: the page that it names, or that refers to it. */
export function placeOf(request: Request, query: ReadQuery, fromServer: boolean): Place {
  const { device, country, region, city, timezone } = clientOf(request, fromServer);
  const page = query.page ?? request.headers.get('referer') ?? '';
  // To parse what is no address takes the runtime longer than all rules together.
  return { ...(URL.canParse(page) && { page: new URL(page) }), device, country, region, city, timezone };
}

/** Where a visitor is, as the conditions of rules see it; what they ask of him too is `ruleInput`. */
export function contextOf(
  { slot, item, locale }: ReadQuery,
  place: Place,
  pretend: Pretence,
  nowMs: number,
): RuleInput['context'] {
  const { time, weekday } = wallClock(place.timezone ?? 'UTC', nowMs);
  const { source = '', medium = '', name = '' } = (place.page && campaignOf(place.page)) ?? {};
  return {
    ...{ slot, item: item ?? '', page: place.page?.pathname ?? '', locale: locale ?? '' },
    ...{ device: place.device ?? 'unknown', country: place.country ?? '', region: place.region ?? '' },
    ...{ city: place.city ?? '', hour: Number(time.slice(11, 13)), weekday },
    ...{ campaign: name, source, medium },
    ...pretend.context,
  };
}

/** What the conditions of rules are asked of. */
export function ruleInput(
  { userId }: ReadQuery,
  context: RuleInput['context'],
  facts: RuleFacts | undefined,
  pretend: Pretence,
  nowMs: number,
): RuleInput {
  return {
    context,
    visitor: pretend.visitor ?? (facts ? visitorOf(facts, nowMs) : { known: false, has_user: userId !== undefined }),
    segments: Object.fromEntries((pretend.segments ?? facts?.segments ?? []).map((segment) => [segment, true])),
    attributes: pretend.attributes ?? facts?.attributes ?? {},
  };
}

function visitorOf(facts: RuleFacts, nowMs: number): Record<string, unknown> {
  const { firstSeenAt, hasUser, sessions, orders, cart, recent } = facts;
  return {
    ...{ known: firstSeenAt !== null, has_user: hasUser, sessions, orders, cart, recent },
    days_known: firstSeenAt === null ? 0 : Math.floor((nowMs - firstSeenAt) / DAY_MS),
  };
}

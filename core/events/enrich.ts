import { correctedTime } from './event-time.ts';
import { contentFingerprint } from './fingerprint.ts';
import type { EnrichedEvent } from './message.ts';
import type { WireEvent } from './wire-event.ts';

/** Campaign parameters that are kept, by the name they get. */
const CAMPAIGN_PARAMETERS = {
  source: 'utm_source',
  medium: 'utm_medium',
  name: 'utm_campaign',
  term: 'utm_term',
  content: 'utm_content',
};

/** Adds corrected time, content fingerprint, campaign and referrer to a checked event, and what is `known` of it. Times in ms since 1970. */
export function enrichEvent(
  event: WireEvent,
  sentAtMs: number | undefined,
  receivedAtMs: number,
  known: Pick<EnrichedEvent, 'proof' | 'vouched' | 'consent'> = {},
): EnrichedEvent {
  const page = pageOf(event);
  const url = parseUrl(page.url ?? event.properties?.url);
  const referrer = parseUrl(event.context?.referrer ?? page.referrer ?? event.properties?.referrer);
  const campaign = url && campaignOf(url);
  return {
    id: event.id,
    type: event.type,
    time: correctedTime(Date.parse(event.occurredAt), sentAtMs, receivedAtMs),
    occurredAt: event.occurredAt,
    fingerprint: contentFingerprint(event),
    ...(event.userId !== undefined && { userId: event.userId }),
    ...(known.proof !== undefined && { proof: known.proof }),
    ...(known.vouched && { vouched: known.vouched }),
    ...(known.consent !== undefined && { consent: known.consent }),
    ...(event.properties && { properties: event.properties }),
    ...(event.context && { context: event.context }),
    ...(campaign && { campaign }),
    ...(referrer && referrer.host !== url?.host && { referrerHost: referrer.host }),
  };
}

/** The page as Segment's context describes it; a bare address is understood too. */
function pageOf(event: WireEvent): Record<string, unknown> {
  const page = event.context?.page;
  if (typeof page === 'string') return { url: page };
  return typeof page === 'object' && page !== null && !Array.isArray(page) ? page : {};
}

function parseUrl(value: unknown): URL | undefined {
  return typeof value === 'string' ? (URL.parse(value) ?? undefined) : undefined;
}

/** What the query of a landing page says of its campaign. */
export function campaignOf(url: URL): Record<string, string> | undefined {
  const found = Object.entries(CAMPAIGN_PARAMETERS).flatMap(([name, parameter]) => {
    const value = url.searchParams.get(parameter);
    return value ? [[name, value.slice(0, 256)] as const] : [];
  });
  return found.length > 0 ? Object.fromEntries(found) : undefined;
}

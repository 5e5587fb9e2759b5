import type { ConsentDefaults } from '../consent/policy.ts';
import type { Choices } from '../consent/purposes.ts';
import type { DecisionSigner } from '../decisions/decision-token.ts';
import { eventLedger, type Ledger } from '../identity/ledger.ts';
import { checkConsent } from './check-consent.ts';
import type { Refusal } from './check-event.ts';
import { enrichEvent } from './enrich.ts';
import { fromDecision } from './from-decision.ts';
import { lateRefusal } from './late.ts';
import type { EnrichedEvent } from './message.ts';
import type { SchemaDoor, SchemaViolation } from './schema-door.ts';
import { LINK_TYPES, needsVouching, type Sender, vouch } from './vouch.ts';
import type { WireEvent } from './wire-event.ts';

/** An event that was refused: where it stood, why, and what it was. */
export interface RefusedEvent {
  readonly index: number;
  readonly refusal: Refusal;
  readonly payload: unknown;
}

/** An event whose form was checked, with its place in what the source sent. */
export interface Candidate {
  readonly index: number;
  readonly event: WireEvent;
  /** What the event's person is known to have decided on consent, where the event says nothing of it itself. */
  readonly decided?: Choices | undefined;
}

/** Under which terms events are taken in; times in ms since 1970. */
export interface Terms {
  readonly sender: Sender;
  /** What holds for visitors who decided nothing. */
  readonly consent: ConsentDefaults;
  readonly sentAtMs: number | undefined;
  readonly receivedAtMs: number;
  /** Events that are older cannot be counted exactly. */
  readonly horizonDays: number;
  /** Whether events that are too old to be counted exactly are history, and not refused. */
  readonly takesHistory?: boolean;
  /** Reads the tokens of the site's decisions; nothing where events come from none, as those of bots. */
  readonly decisions?: DecisionSigner | undefined;
  /** Whether they come from a bot whose events the site does not want. */
  readonly fromUnwantedBot?: boolean;
  /** The schemas that events must keep to. */
  readonly schemas?: SchemaDoor | undefined;
}

/** An event that is taken in, and whose it is. */
export interface Accepted {
  readonly ledger: Ledger;
  readonly event: EnrichedEvent;
}

export interface Judged {
  readonly accepted: (Accepted & { readonly index: number })[];
  /** Events for the lake alone. */
  readonly history: (Accepted & { readonly index: number })[];
  readonly refused: RefusedEvent[];
  /** What is taken, and would be refused if its schema were not only watched. */
  readonly watched: { readonly type: string; readonly violation: SchemaViolation }[];
}

const UNWANTED_BOT: Refusal = {
  code: 'bot',
  message: 'The user agent is a bot’s, and this site drops what bots send (settings: bots).',
};

/** Decides on each event for itself: whether its visitor agrees, it keeps to its schema, its sender is believed, and it comes in time; and enriches what is taken. */
export async function judgeEvents(candidates: readonly Candidate[], terms: Terms): Promise<Judged> {
  const judged: Judged = { accepted: [], history: [], refused: [], watched: [] };
  for (const candidate of candidates) {
    const { index, event } = candidate;
    const verdict = await judge(candidate, terms, judged.watched);
    if ('refusal' in verdict)
      judged.refused.push({ index, refusal: verdict.refusal, payload: { ...event, proof: undefined } });
    else if ('history' in verdict) judged.history.push({ index, ledger: eventLedger(event), event: verdict.history });
    else judged.accepted.push({ index, ledger: eventLedger(event), event: verdict });
  }
  return judged;
}

/** The enriched event, as history where it is too old and that is taken; or the first reason why it may not be taken in. */
async function judge(
  candidate: Candidate,
  terms: Terms,
  watched: Judged['watched'],
): Promise<EnrichedEvent | { readonly history: EnrichedEvent } | { readonly refusal: Refusal }> {
  if (terms.fromUnwantedBot) return { refusal: UNWANTED_BOT };
  const agreed = checkConsent(candidate.event, terms.consent, candidate.decided);
  if ('refusal' in agreed) return agreed;
  const { event } = agreed;
  const violation = terms.schemas?.check(event.type, event.properties ?? {});
  if (violation?.isWatched) watched.push({ type: event.type, violation });
  else if (violation) {
    const { message, version: schemaVersion } = violation;
    return { refusal: { code: 'schema_violation', message, schemaVersion } };
  }
  const vouched = needsVouching(event) ? await vouch(terms.sender, event) : { proof: undefined };
  if ('refusal' in vouched) return vouched;
  const proof = LINK_TYPES.has(event.type) ? vouched.proof : undefined;
  const isVouched = terms.sender.hasSecretKey || vouched.proof === 'token';
  const enriched = enrichEvent(event, terms.sentAtMs, terms.receivedAtMs, {
    proof,
    vouched: isVouched || undefined,
    consent: agreed.consent,
  });
  const refusal = lateRefusal(enriched, terms.receivedAtMs, terms.horizonDays);
  if (refusal && terms.takesHistory) return { history: enriched };
  return refusal ? { refusal } : fromDecision(enriched, terms.decisions, event, terms);
}

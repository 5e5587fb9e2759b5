import { CONSENT_EVENT } from '../consent/allows.ts';
import type { ConsentDefaults } from '../consent/policy.ts';
import { grantedPurposes } from '../consent/policy.ts';
import { isFault, statedChoices } from '../consent/stated.ts';
import { deviceLedger, isLedger, type Ledger, userLedger } from '../identity/ledger.ts';
import { isRecord } from '../json/values.ts';
import { LINK_PROOFS } from './message.ts';
import { cutNesting } from './nesting.ts';

/** An event, or a message of events, that could not be used, with what it was and why. */
export interface FailedEvent {
  /** Machine-readable reason, e.g. `invalid_properties`. */
  readonly reason: string;
  readonly message: string;
  readonly payload: unknown;
  /** Whether the shop's server said it, with the secret key. */
  readonly byServer?: boolean | undefined;
  /** The version of the schema that it does not keep to. */
  readonly schemaVersion?: number | undefined;
}

/** What is known of a failed event from its payload, whatever it is. */
export interface FailedIndex {
  readonly type: string | undefined;
  readonly eventId: string | undefined;
  /** Whose it is: the ledger where it would have been counted. */
  readonly ledger: Ledger | undefined;
  /** The user that it names beside a device. */
  readonly userLedger: Ledger | undefined;
  /** When it happened at the latest, ms since 1970, as far as it says so. */
  readonly happenedAt: number | undefined;
}

const NAME_LENGTH = 64;
const LEDGER_LENGTH = 256;
/** Deeper parts of a payload, which may be a message of events, are left out: nobody looks into them. */
const MAX_DEPTH = 64;

/** What a payload says of itself: type, id, owner and time, in whatever form and case it bears them. */
export function indexOf(payload: unknown): FailedIndex {
  const said = membersOf(payload);
  const [first] = Array.isArray(said.get('events')) ? (said.get('events') as unknown[]) : [];
  const event = first === undefined ? said : new Map([...membersOf(first), ...said]);
  const device = ownerIdIn(event.get('anonymousid'));
  const user = ownerIdIn(event.get('userid'));
  const named = ownerIdIn(said.get('ledger'));
  const own = named !== undefined && isLedger(named) ? named : undefined;
  const ledger =
    own ?? (device !== undefined ? deviceLedger(device) : user === undefined ? undefined : userLedger(user));
  const times = [said.get('receivedat'), event.get('time'), event.get('occurredat'), event.get('timestamp')];
  const known = times.map(timeOf).filter((time) => time !== undefined);
  return {
    type: textOf(event.get('type')),
    eventId: textOf(first === undefined ? said.get('id') : membersOf(first).get('id')),
    ledger: ledger && (ledger.slice(0, LEDGER_LENGTH) as Ledger),
    userLedger:
      user !== undefined && ledger !== userLedger(user)
        ? (userLedger(user).slice(0, LEDGER_LENGTH) as Ledger)
        : undefined,
    happenedAt: known.length > 0 ? Math.min(...known) : undefined,
  };
}

/**
 * What may be kept of a payload: without proofs, and without events whose visitors grant nothing; nothing when nothing is left.
 *
 * @param consent what holds for visitors who decided nothing, where the payload comes from a request.
 */
export function keepable(payload: unknown, consent: ConsentDefaults | undefined): unknown {
  const clean = withoutProofs(cutNesting(payload, MAX_DEPTH));
  if (Array.isArray(membersOf(clean).get('events'))) {
    const message = clean as { events: unknown[] };
    const events = message.events.filter((event) => agrees(event, consent));
    return events.length > 0 || message.events.length === 0 ? { ...message, events } : undefined;
  }
  return agrees(clean, consent) ? clean : undefined;
}

/** Whether an event's visitor lets anything of it be used. */
function agrees(event: unknown, consent: ConsentDefaults | undefined): boolean {
  const said = membersOf(event);
  if (said.get('type') === CONSENT_EVENT) return true;
  const granted = said.get('consent');
  if (Array.isArray(granted)) return granted.length > 0;
  if (consent === undefined) return true;
  const context = said.get('context');
  const stated = statedChoices(consent, isRecord(context) ? context : undefined);
  const undecided = consent.undecided?.length !== 0;
  if (isFault(stated) || (stated && Object.keys(stated).length === 0))
    return saysYes(isRecord(context) ? [context.consent, context.consentManagement] : undefined) ?? undecided;
  return stated === undefined ? undecided : grantedPurposes(consent, stated)?.length !== 0;
}

/** What a statement of consent that cannot be read as one says all the same: yes somewhere, no and nowhere yes, or nothing. */
function saysYes(consent: unknown): boolean | undefined {
  const leaves: string[] = [];
  const collect = (value: unknown) => {
    if (typeof value === 'object' && value !== null) for (const one of Object.values(value)) collect(one);
    else leaves.push(String(value));
  };
  collect(consent);
  if (leaves.some((leaf) => /^(true|granted|yes|1|on|accepted)$/i.test(leaf))) return true;
  return leaves.some((leaf) => /^(false|denied|no|0|off|rejected)$/i.test(leaf)) ? false : undefined;
}

/** A copy without members called `proof` that hold anything but the word of how a link was proved. */
function withoutProofs(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(withoutProofs);
  const kept = Object.entries(value).filter(
    ([name, held]) => canonical(name) !== 'proof' || (LINK_PROOFS as readonly unknown[]).includes(held),
  );
  return Object.fromEntries(kept.map(([name, held]) => [name, withoutProofs(held)]));
}

/** The members of an object by their names in small letters without `_` and `-`; none of anything else. */
function membersOf(value: unknown): Map<string, unknown> {
  if (!isRecord(value)) return new Map();
  return new Map(Object.entries(value).map(([name, held]) => [canonical(name), held]));
}

/** A name in small letters without `_` and `-`: as clients may write one in several ways. */
export function canonical(name: string): string {
  return name.replaceAll(/[_-]/g, '').toLowerCase();
}

/** Whose a payload is, however it says so: wider than what an event may say, for whoever was refused is to be found as well. */
function ownerIdIn(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return undefined;
  return value.trim() || undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, NAME_LENGTH) : undefined;
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'number' ? value : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(time) ? time : undefined;
}

import { foldAttributes, foldHeld, forgetUndefined, holdsFilled } from '../../core/attributes/fold-attribute.ts';
import { mergeAttributes } from '../../core/attributes/merge-attributes.ts';
import type { AttributeView, SegmentView } from '../../core/attributes/views.ts';
import { allows } from '../../core/consent/allows.ts';
import type { EnrichedEvent } from '../../core/events/message.ts';
import { byNewest } from '../../core/profile/newest.ts';
import type { ProfileState } from '../../core/profile/state.ts';
import { type Advanced, advance, evaluateAt } from '../../core/segments/advance.ts';
import { applyEvents } from '../../core/segments/apply-events.ts';
import { decodeShared } from '../../core/segments/encode-following.ts';
import type { SegmentInputs } from '../../core/segments/evaluate-segments.ts';
import {
  type Following,
  foldClient,
  inputsOf,
  letWait,
  type SiteDefinitions,
  takeAdvanced,
  viewAttributes,
  viewSegments,
  type WaitingEvent,
} from '../../core/segments/person.ts';

/** The object whose person is followed, as far as following needs it. */
export interface FollowedObject {
  following(): Following;
  /** The merged state of the person. */
  person(): ProfileState;
  /** What the ledgers linked here have shared. */
  shared(): readonly (string | null | undefined)[];
  /** Whether segments are followed here: the person's home. */
  isHome(): boolean;
}

/** Keeps the attributes of a ledger and, at a person's home, follows his segments over all of his ledgers. */
export class Follower {
  private readonly object: FollowedObject;

  constructor(object: FollowedObject) {
    this.object = object;
  }

  /**
   * Folds events that were counted just now, and those that wait; changes what is in memory, the caller stores it. Without
   * definitions, since nobody can say which are in force, they wait.
   */
  follow(definitions: SiteDefinitions | undefined, fresh: readonly WaitingEvent[], now: number): void {
    const following = this.object.following();
    const agreed = fresh.filter(({ event }) => allows(event, 'personalization'));
    if (!definitions) {
      letWait(following, agreed);
      return;
    }
    const taken = [...following.waiting, ...agreed];
    following.waiting = [];
    forgetUndefined(following.states, definitions.attributes);
    foldHeld(following.states, definitions.attributes);
    if (definitions.attributes.length === 0 && definitions.segments.length === 0) return;
    for (const { client, event } of taken) if (client) foldClient(following, client, [event]);
    this.fold(
      definitions,
      taken.map(({ event }) => event),
      now,
    );
  }

  /** Whether there is something to fold that came before now. */
  isBehind(definitions: SiteDefinitions | undefined): boolean {
    const { waiting, states } = this.object.following();
    return waiting.length > 0 || (definitions !== undefined && holdsFilled(states, definitions.attributes));
  }

  /** Changes the states of attributes with `change` and follows the person's segments over it. */
  refold(definitions: SiteDefinitions, change: (following: Following) => void, now: number): void {
    this.advanceTo(definitions, now);
    change(this.object.following());
    this.reevaluateAt(definitions, now, now);
  }

  private fold(definitions: SiteDefinitions, agreed: readonly EnrichedEvent[], now: number): void {
    const following = this.object.following();
    const fold = (event: EnrichedEvent) => foldAttributes(following.states, definitions.attributes, event);
    if (!this.object.isHome() || definitions.segments.length === 0) {
      for (const event of agreed) fold(event);
      return;
    }
    // A trait or a choice changes what segments are decided by, also where no attribute takes its event.
    const folding = {
      inputs: () => this.inputs(definitions),
      fold: (event: EnrichedEvent) => fold(event) || !event.type.startsWith('product_'),
    };
    this.take(definitions, applyEvents(definitions.segments, folding, following.followed, agreed, now));
  }

  /** Brings the segments up to a time at which nothing has happened; whether there is anything to store. */
  advanceTo(definitions: SiteDefinitions, now: number): boolean {
    const { followed } = this.object.following();
    if (!this.object.isHome() || (definitions.segments.length === 0 && followed.standings.size === 0)) return false;
    this.take(definitions, advance(definitions.segments, this.inputs(definitions), followed, now));
    return true;
  }

  /** Evaluates after what a linked ledger shares has changed, `stampMs` being the time of its newest event. */
  reevaluateAt(definitions: SiteDefinitions, stampMs: number, now: number): boolean {
    if (!this.object.isHome() || definitions.segments.length === 0) return false;
    const { followed } = this.object.following();
    const at = Math.max(followed.at ?? 0, Math.min(stampMs, now));
    const step = evaluateAt(definitions.segments, this.inputs(definitions), followed.standings, at, stampMs);
    const end = advance(definitions.segments, this.inputs(definitions), { at, standings: step.standings }, now);
    this.take(definitions, { ...end, transitions: [...step.transitions, ...end.transitions] });
    return true;
  }

  /** As nobody can say what is defined: the alarm evaluates once somebody can. Whether there is anything to store. */
  evaluateLater(now: number): boolean {
    if (!this.object.isHome()) return false;
    this.object.following().nextChangeAt = now;
    return true;
  }

  /** Attributes and segments as readers see them; nothing of them while nobody can say what is defined. */
  view(
    definitions: SiteDefinitions | undefined,
    now: number,
  ): { readonly attributes: Record<string, AttributeView>; readonly segments: Record<string, SegmentView> } {
    if (!definitions || (definitions.attributes.length === 0 && definitions.segments.length === 0))
      return { attributes: {}, segments: {} };
    const attributes = viewAttributes(this.inputs(definitions), now);
    return { attributes, segments: viewSegments(definitions, this.object.following().followed, attributes) };
  }

  private inputs(definitions: SiteDefinitions): SegmentInputs {
    const { states, client } = this.object.following();
    const others = this.object.shared().map(decodeShared);
    if (others.length === 0) return inputsOf(definitions, states, this.object.person(), client);
    const merged = mergeAttributes([states, ...others.map((other) => other.states)], definitions.attributes);
    const clients = [client, ...others.map((other) => other.client)].flatMap((one) => one ?? []);
    return inputsOf(definitions, merged, this.object.person(), clients.sort(byNewest)[0] ?? null);
  }

  private take(definitions: SiteDefinitions, advanced: Advanced): void {
    takeAdvanced(this.object.following(), advanced, definitions.notifies);
  }
}

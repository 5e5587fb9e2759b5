import { decodeAttributes } from '../../core/attributes/encode-attributes.ts';
import type { WireDefinitions } from '../../core/attributes/wire-definitions.ts';
import { decodeState } from '../../core/profile/encode-state.ts';
import type { Following, LastClient } from '../../core/segments/person.ts';
import { confirmDefinitions } from '../../stores/config/definitions.ts';
import type { Parts } from './parts.ts';

/** A profile as its ledger's events in the lake make it. */
export interface MadeAgain {
  /** As `encodeState` writes it. */
  readonly state: string;
  /** As `encodeAttributes` writes them: of all of the events, whenever an attribute was defined. */
  readonly attributes: string;
  readonly client: LastClient | null;
  readonly definitions: WireDefinitions;
  /** Forgets what segments have done: it came from events that are not to be known any more. */
  readonly forgetTransitions: boolean;
}

/**
 * Puts a profile in the place of the one that is held, and follows its segments over it. Stores it before it answers. Whether it could: not while
 * nobody can say what is defined.
 */
export async function restoreProfile(
  { site, memory, linking, follower }: Parts,
  { state, attributes, client, definitions, forgetTransitions }: MadeAgain,
): Promise<boolean> {
  const now = Date.now();
  const defined = confirmDefinitions(site, definitions, now);
  if (!defined) return false;
  const profile = memory.profile();
  const put = (following: Following) => {
    profile.state = decodeState(state);
    memory.forgetViews();
    following.states.clear();
    for (const [name, entry] of decodeAttributes(attributes)) following.states.set(name, { ...entry, from: 0 });
    following.client = client;
    // They are among the events that the attributes were made of.
    following.waiting = [];
  };
  follower.refold(defined, put, now);
  if (forgetTransitions) Object.assign(profile.following, { recent: [], outbox: [] });
  memory.changed();
  memory.save();
  await linking.sendSnapshot();
  return true;
}

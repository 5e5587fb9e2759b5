import { PROFILE_CAPS } from './limits.ts';
import type { ProfileState } from './state.ts';

/**
 * The last items of the session that starts at `start`, oldest first. `complete` says whether these are all that belong there: what a profile
 * has forgotten since, for newer interactions, is missing.
 */
export function sessionItems(
  state: ProfileState,
  start: number,
): { readonly items: string[]; readonly endedAt: number; readonly complete: boolean } {
  const session = state.sessions.find(([first]) => first === start);
  if (!session) return { items: [], endedAt: start, complete: true };
  const [, end] = session;
  const items = state.interactions
    .filter(({ time }) => time >= start && time <= end)
    .slice(0, PROFILE_CAPS.sessionItems)
    .map(({ item }) => item)
    .reverse();
  const reachesBack =
    state.interactions.length < PROFILE_CAPS.interactions || (state.interactions.at(-1)?.time ?? start) < start;
  return { items, endedAt: end, complete: reachesBack || items.length === PROFILE_CAPS.sessionItems };
}

import { PROFILE_CAPS } from './limits.ts';
import type { ProfileState } from './state.ts';

/** The last items of the session that starts at `start`, oldest first, as far as the profile's interactions reach. */
export function sessionItems(
  state: ProfileState,
  start: number,
): { readonly items: string[]; readonly endedAt: number } {
  const session = state.sessions.find(([first]) => first === start);
  if (!session) return { items: [], endedAt: start };
  const [, end] = session;
  const items = state.interactions
    .filter(({ time }) => time >= start && time <= end)
    .slice(0, PROFILE_CAPS.sessionItems)
    .map(({ item }) => item)
    .reverse();
  return { items, endedAt: end };
}

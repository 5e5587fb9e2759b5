import type { EventMessage } from '../../core/events/message.ts';
import { profileStub } from '../../durable-objects/user-profile/profile-stub.ts';
import type { ApplyResult, ChangedSession } from '../../durable-objects/user-profile/user-profile.ts';
import { log } from '../../workers/http/log.ts';
import type { AppliedEvents } from './record-rollups.ts';

interface AppliedBatch {
  readonly applied: AppliedEvents[];
  /** Changed sessions by site. */
  readonly sessions: Map<string, ChangedSession[]>;
  /** Profiles that could not be reached; their messages are not in `applied`. */
  readonly failed: number;
}

/** Applies a batch's messages to their profiles: one call a profile, all profiles at once. */
export async function applyToProfiles(env: Env, messages: readonly EventMessage[]): Promise<AppliedBatch> {
  const profiles = [...Map.groupBy(messages, ({ site, ledger }) => `${site}/${ledger}`).values()];
  const results = await Promise.allSettled(profiles.map((group) => applyGroup(env, group)));
  const applied: AppliedEvents[] = [];
  const sessions = new Map<string, ChangedSession[]>();
  let failed = 0;
  for (const [index, result] of results.entries()) {
    const group = profiles[index] ?? [];
    if (result.status === 'rejected') {
      failed += 1;
      log('apply_failed', { site: group[0]?.site, messages: group.length, error: String(result.reason) });
      continue;
    }
    for (const [at, message] of group.entries()) applied.push({ message, outcomes: result.value.outcomes[at] ?? [] });
    const site = group[0]?.site ?? '';
    sessions.set(site, [...(sessions.get(site) ?? []), ...result.value.sessions]);
  }
  return { applied, sessions, failed };
}

async function applyGroup(env: Env, group: readonly EventMessage[]): Promise<ApplyResult> {
  const [first] = group;
  if (!first) throw new Error('a profile without messages');
  const messages = group.map(({ id, events, client }) => ({ id, events, client }));
  return profileStub(env, first.site, first.ledger).apply(messages);
}

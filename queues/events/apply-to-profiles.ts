import type { WireDefinitions } from '../../core/attributes/wire-definitions.ts';
import type { AppliedEvents } from '../../core/events/applied-events.ts';
import type { EventMessage } from '../../core/events/message.ts';
import type { ApplyResult, ChangedSession } from '../../core/profile/answers.ts';
import type { PersonStandings } from '../../core/profile/person-standings.ts';
import { breathe } from '../../stores/breathe.ts';
import { siteDefinitions } from '../../stores/config/definitions.ts';
import { log } from '../../stores/log.ts';
import { profileStub } from '../../stores/objects/profile-stub.ts';
import { chunked } from '../../stores/statements.ts';

/** Profiles that are called at once: a request that comes meanwhile waits behind so many calls at most, where all run on one thread. */
const PROFILES_AT_ONCE = 2;

interface AppliedBatch {
  readonly applied: AppliedEvents[];
  /** Changed sessions by site. */
  readonly sessions: Map<string, ChangedSession[]>;
  /** How people stand in experiments now, by the messages that may have changed it. */
  readonly standings: Map<EventMessage, PersonStandings>;
  /** Profiles that could not be reached; their messages are not in `applied`. */
  readonly failed: number;
}

/** Applies a batch's messages to their profiles: one call a profile, some profiles at once. */
export async function applyToProfiles(env: Env, messages: readonly EventMessage[]): Promise<AppliedBatch> {
  const definitions = new Map<string, WireDefinitions | undefined>();
  for (const site of new Set(messages.map((message) => message.site)))
    definitions.set(site, await siteDefinitions(env, site));
  const batch: AppliedBatch & { failed: number } = {
    applied: [],
    sessions: new Map(),
    standings: new Map(),
    failed: 0,
  };
  const take = async ([first, ...others]: readonly EventMessage[]) => {
    if (!first) return;
    const group = [first, ...others];
    const { site, ledger } = first;
    try {
      const { outcomes, sessions, standings } = await applyGroup(env, site, ledger, group, definitions.get(site));
      for (const [at, message] of group.entries()) batch.applied.push({ message, outcomes: outcomes[at] ?? [] });
      if (standings) for (const message of group) batch.standings.set(message, standings);
      // Bots teach no model.
      const taught = group.every(({ client }) => client.bot) ? [] : sessions;
      batch.sessions.set(site, [...(batch.sessions.get(site) ?? []), ...taught]);
    } catch (error) {
      batch.failed += 1;
      log('apply_failed', { site, messages: group.length, error: String(error) });
    }
  };
  const profiles = [...Map.groupBy(messages, ({ site, ledger }) => `${site}/${ledger}`).values()];
  for (const some of chunked(profiles, PROFILES_AT_ONCE)) {
    await Promise.all(some.map(take));
    await breathe();
  }
  return batch;
}

async function applyGroup(
  env: Env,
  site: string,
  ledger: EventMessage['ledger'],
  group: readonly EventMessage[],
  definitions: WireDefinitions | undefined,
): Promise<ApplyResult> {
  const messages = group.map(({ id, events, client }) => ({ id, events, client }));
  return profileStub(env, site, ledger).apply(messages, { definitions });
}

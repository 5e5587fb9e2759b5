import pMap from 'p-map';
import { CONSENT_EVENT } from '../../../core/consent/allows.ts';
import type { ConsentDefaults } from '../../../core/consent/policy.ts';
import { statedChoices } from '../../../core/consent/stated.ts';
import type { Candidate } from '../../../core/events/judge-events.ts';
import { eventLedger } from '../../../core/identity/ledger.ts';
import { readChoices } from '../../../stores/objects/read-profile.ts';

/** People of one request who are asked for, at once and in all; of more the site's defaults hold, as for who decided nothing. */
const AT_ONCE = 32;
const MAX_PEOPLE = 256;

/**
 * A server's events with what their people have decided on consent, where the events say nothing of it themselves: who refused on the shop's
 * pages has refused for what its server sends.
 */
export async function withDecidedChoices(
  env: Env,
  site: string,
  consent: ConsentDefaults,
  candidates: readonly Candidate[],
): Promise<readonly Candidate[]> {
  const silent = candidates.filter(
    ({ event }) => event.type !== CONSENT_EVENT && statedChoices(consent, event.context) === undefined,
  );
  const people = [...Map.groupBy(silent, ({ event }) => eventLedger(event))].slice(0, MAX_PEOPLE);
  const decided = new Map<Candidate, Candidate>();
  await pMap(
    people,
    async ([ledger, own]) => {
      const choices = await readChoices(env, site, ledger);
      if (choices) for (const candidate of own) decided.set(candidate, { ...candidate, decided: choices });
    },
    { concurrency: AT_ONCE },
  );
  return candidates.map((candidate) => decided.get(candidate) ?? candidate);
}

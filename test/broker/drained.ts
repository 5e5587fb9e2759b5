import type { BrokerProcess } from './start-broker.ts';

/** Throws unless the broker holds no message any more and, if `all` are to arrive, gave none up; made for `vi.waitFor`. */
export async function expectDrained(broker: BrokerProcess, all = true): Promise<void> {
  for (const [name, { ready, delayed, inFlight, dead }] of Object.entries(await broker.stats())) {
    if (all && dead > 0) throw new Error(`${dead} messages of ${name} were given up`);
    if (ready + delayed + inFlight > 0) {
      throw new Error(`${name} holds ${ready} ready, ${delayed} delayed and ${inFlight} delivered messages`);
    }
  }
}

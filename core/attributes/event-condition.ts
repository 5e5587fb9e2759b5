import { boundedInput } from '../cel/bounded-input.ts';
import { type Compiled, type Condition, conditionCompiler } from '../cel/condition.ts';
import type { EnrichedEvent } from '../events/message.ts';

/** Compiles a condition over one event: `event` (its type), `properties`, `context`, `campaign`, `referrer` (the host). */
export const compileEventCondition: (source: string) => Compiled = conditionCompiler({
  event: 'string',
  properties: 'map<string, dyn>',
  context: 'map<string, dyn>',
  campaign: 'map<string, dyn>',
  referrer: 'string',
});

/** Whether an event meets a condition. Where CEL has an error, for one a property that is not there, it doesn't. */
export function meets(condition: Condition, event: EnrichedEvent): boolean {
  const input = {
    event: event.type,
    properties: boundedInput(event.properties ?? {}),
    context: boundedInput(event.context ?? {}),
    campaign: event.campaign ?? {},
    referrer: event.referrerHost ?? '',
  };
  return condition.evaluate(input, event.time).holds;
}

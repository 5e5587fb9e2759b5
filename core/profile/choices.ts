import { CONSENT_EVENT } from '../consent/allows.ts';
import { type Choices, choicesSchema, MAX_PURPOSES } from '../consent/purposes.ts';
import type { EnrichedEvent } from '../events/message.ts';
import type { Timed } from './newest.ts';
import { type Registers, setRegister } from './registers.ts';

/** A visitor's own decision on a purpose. */
export interface Choice extends Timed {
  readonly granted: boolean;
}

/** Folds the decisions that a `consent_changed` brings, in place. */
export function foldChoices(choices: Registers<Choice>, { type, id, time, properties }: EnrichedEvent): void {
  if (type !== CONSENT_EVENT) return;
  const parsed = choicesSchema.safeParse(properties?.purposes);
  if (!parsed.success) return;
  for (const [purpose, granted] of Object.entries(parsed.data))
    setRegister(choices, purpose, { granted, time, key: id }, MAX_PURPOSES);
}

/** The decisions as they hold now; nothing when there are none. */
export function choicesOf(choices: Registers<Choice>): Choices | undefined {
  if (choices.size === 0) return undefined;
  return Object.fromEntries([...choices].map(([purpose, { granted }]) => [purpose, granted]));
}

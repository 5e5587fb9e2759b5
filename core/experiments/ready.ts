import type { Condition } from '../cel/condition.ts';
import { compile, type KnownNames, namesProfile } from '../merchandising/compile.ts';
import { compileWhen } from '../merchandising/conditions.ts';
import type { Merchandising } from '../merchandising/document.ts';
import type { Fault } from '../merchandising/fault.ts';
import type { Variant } from '../merchandising/variant.ts';
import type { Assignable } from './assign.ts';
import type { ExperimentDefinition, RunningExperiment } from './definition.ts';

/** An experiment that is ready to assign. */
export interface ReadyExperiment extends Assignable {
  readonly name: string;
  readonly slots: readonly string[] | undefined;
  readonly audience: Condition | undefined;
  /** Whether its audience asks of the visitor's profile. */
  readonly asksProfile: boolean;
}

/** Makes experiments ready, holdouts first: who is held out is in nothing else. One whose audience cannot be asked is left out. */
export function readyExperiments(running: readonly RunningExperiment[]): ReadyExperiment[] {
  return running
    .flatMap(({ number, layer, ranges, definition }): ReadyExperiment[] => {
      const { name, kind, slots, variants, audience } = definition;
      const compiled = audience === undefined ? undefined : compileWhen(audience);
      if (compiled && !compiled.ok) return [];
      const weights = variants.map(({ weight }) => weight);
      const asksProfile = namesProfile(audience);
      return [{ number, name, kind, layer, ranges, weights, slots, audience: compiled?.condition, asksProfile }];
    })
    .sort((a, b) => Number(b.kind === 'holdout') - Number(a.kind === 'holdout') || a.number - b.number);
}

/** What is wrong with an audience's condition: it is asked as a rule's would be. */
export function audienceFaults({ audience }: ExperimentDefinition, known: KnownNames): Fault[] {
  if (audience === undefined) return [];
  const rule = { name: 'audience', when: audience, actions: [{ do: 'pin', items: ['-'] }] };
  const tried = compile({ rules: [rule] }, known);
  return 'faults' in tried ? tried.faults.map((fault) => ({ ...fault, path: 'audience' })) : [];
}

/** Why the variants of an experiment cannot do what they do with these slots; nothing where they can. */
export function variantFaults(
  document: Merchandising,
  { number, definition }: Pick<RunningExperiment, 'number' | 'definition'>,
  known?: KnownNames,
): readonly Fault[] {
  const tried = compile({ ...document, rules: [] }, known, variantsOf(number, definition));
  return 'faults' in tried ? tried.faults : [];
}

/** What the variants of an experiment do. */
export function variantsOf(number: number, { name, slots, variants }: ExperimentDefinition): Variant[] {
  return variants.map((variant, at) => ({
    trial: { number, variant: at },
    name: `experiment ${name}: ${variant.name}`,
    path: `variants.${at}`,
    slots,
    actions: variant.actions,
    changes: variant.slots,
  }));
}

/** Whether an experiment may have a say in a slot. */
export function concerns({ slots }: Pick<ReadyExperiment, 'slots'>, slot: string): boolean {
  return slots?.includes(slot) ?? true;
}

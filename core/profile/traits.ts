import {
  DEFAULT_PURPOSE,
  IMPORT_EVENT,
  TRAIT_NAME_LENGTH,
  type TraitValue,
  traitValueSchema,
} from '../events/imported-traits.ts';
import type { EnrichedEvent } from '../events/message.ts';
import { PROFILE_CAPS } from './limits.ts';
import type { Said } from './newest.ts';
import { type Registers, setRegister } from './registers.ts';

/** A trait with where it came from and what it may be used for. */
export interface Trait extends Said {
  readonly value: TraitValue;
  /** `identify`, or what an import named as its source. */
  readonly source: string;
  /** The purpose that its use needs. */
  readonly purpose: string;
}

/** Folds the traits that an event brings, in place: `identify` (its properties) and `traits_imported`. */
export function foldTraits(traits: Registers<Trait>, event: EnrichedEvent): void {
  for (const [name, value] of Object.entries(traitsIn(event))) {
    const parsed = traitValueSchema.safeParse(value);
    if (!parsed.success || name.length > TRAIT_NAME_LENGTH) continue;
    setRegister(traits, name, { value: parsed.data, ...originOf(event) }, PROFILE_CAPS.traits);
  }
}

/** The traits that may be used under these choices, by name. */
export function usableTraits(
  traits: Registers<Trait>,
  mayUse: (purpose: string) => boolean,
): Record<string, Exclude<TraitValue, null>> {
  const usable: Record<string, Exclude<TraitValue, null>> = {};
  for (const [name, { value, purpose }] of traits) if (value !== null && mayUse(purpose)) usable[name] = value;
  return usable;
}

function traitsIn({ type, properties = {} }: EnrichedEvent): Record<string, unknown> {
  if (type === 'identify') return properties;
  const { traits } = properties;
  return type === IMPORT_EVENT && typeof traits === 'object' && traits !== null ? { ...traits } : {};
}

function originOf({ type, id, time, vouched, properties = {} }: EnrichedEvent): Omit<Trait, 'value'> {
  const imported = type === IMPORT_EVENT;
  return {
    time,
    key: id,
    ...(vouched && { vouched }),
    source: imported ? String(properties.source) : type,
    purpose: imported ? String(properties.purpose ?? DEFAULT_PURPOSE) : DEFAULT_PURPOSE,
  };
}

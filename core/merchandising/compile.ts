import type { Compiled, Condition } from '../cel/condition.ts';
import type { NamedMember } from '../cel/named-members.ts';
import type { Equals } from '../cel/needed-equals.ts';
import type { VariantOf } from '../decisions/decision.ts';
import { compileTemplate, renderFault, type Template } from '../templates/template.ts';
import { sampleValues } from '../templates/values.ts';
import { compileWhen, compileWhere, NAMES } from './conditions.ts';
import {
  type Action,
  MAX_ACTIONS,
  MAX_RULES,
  type Merchandising,
  merchandisingSchema,
  type Rule,
  type SlotDefinition,
  slotSchema,
} from './document.ts';
import type { Fault } from './fault.ts';
import { isGiven, type Variant } from './variant.ts';

/** An action whose condition is ready to ask. */
export type ReadyAction = Ready<Action>;
type Ready<A> = A extends { where: string } ? Omit<A, 'where'> & { readonly where: Where } : A;

/** A condition on products, and its place among all of the plan. */
export interface Where {
  readonly condition: Condition;
  readonly index: number;
}

export interface ReadyRule extends Omit<Rule, 'when' | 'actions'> {
  readonly when: Condition | undefined;
  readonly actions: readonly ReadyAction[];
  /** What its condition needs of the context; nothing where it may hold in any. */
  readonly needs: readonly Equals[] | undefined;
  /** Whether its condition asks of the visitor's profile. */
  readonly asksProfile: boolean;
  /** Whose it is: only those who were given this variant. */
  readonly trial?: VariantOf | undefined;
}

/** A slot with its filter ready to ask and its template ready to fill. */
export interface ReadySlot extends Omit<SlotDefinition, 'template'> {
  readonly accepts: Where | undefined;
  readonly template: Template | undefined;
}

/** A document that is ready to decide by. */
export interface Plan {
  readonly active: boolean;
  readonly slots: ReadonlyMap<string, ReadySlot>;
  /** In the order in which they hold. */
  readonly rules: readonly ReadyRule[];
  /** How many conditions on products there are. */
  readonly wheres: number;
  readonly variants: readonly Variant[];
}

/** What a site has that conditions may name. */
export interface KnownNames {
  readonly segments: readonly string[];
  readonly attributes: readonly string[];
}

/** A slot as it is for who was given these variants; nothing where nobody has defined it. */
export function slotFor({ slots, variants }: Plan, slot: string, trials: readonly VariantOf[]): ReadySlot | undefined {
  const defined = slots.get(slot);
  let changed = defined;
  for (const { trial, changes } of variants) {
    const change = Object.hasOwn(changes, slot) ? changes[slot] : undefined;
    if (!change || !isGiven(trial, trials)) continue;
    const said = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    changed = { ...(changed ?? UNDEFINED_SLOT), ...said };
  }
  return changed;
}

const UNDEFINED_SLOT: ReadySlot = { ...slotSchema.parse({}), accepts: undefined, template: undefined };

/**
 * Makes a document ready, or says all that is wrong with it.
 *
 * @param known without it names of segments and attributes are taken as they are.
 * @param variants of the experiments that run.
 */
export function compile(
  document: unknown,
  known?: KnownNames,
  variants: readonly Variant[] = [],
): Plan | { readonly faults: readonly Fault[] } {
  const parsed = merchandisingSchema.safeParse(document);
  if (parsed.success) return new Compiler(known).compile(parsed.data, variants);
  const faults = parsed.error.issues.map(({ path, message }): Fault => ({ path: path.join('.'), message }));
  const paths = new Set(faults.map(({ path }) => path));
  // One mistake does not hide the next.
  const others = new Compiler(known).conditionFaults(document).filter(({ path }) => !paths.has(path));
  return { faults: [...faults, ...others] };
}

/** Whether a condition asks of the visitor's profile; a word too many only reads what nobody asks for. */
export function namesProfile(source: string | undefined): boolean {
  return source !== undefined && /\b(visitor|segments|attributes)\b/.test(source);
}

class Compiler {
  private readonly faults: Fault[] = [];
  private wheres = 0;
  private readonly known: KnownNames | undefined;

  constructor(known: KnownNames | undefined) {
    this.known = known;
  }

  compile(
    { active, slots, rules }: Merchandising,
    variants: readonly Variant[],
  ): Plan | { readonly faults: readonly Fault[] } {
    const ready = Object.entries(slots).map(([name, slot]) => {
      const accepts = slot.filter === undefined ? undefined : this.where(`slots.${name}.filter`, slot.filter);
      const template = slot.template === undefined ? undefined : this.template(name, slot.template, slot.limit);
      return [name, { ...slot, accepts, template }] as const;
    });
    const names = new Map<string, number>();
    for (const [at, { name }] of rules.entries()) {
      const before = names.get(name);
      if (before === undefined) names.set(name, at);
      else this.faults.push({ path: `rules.${at}.name`, message: `rule ${before + 1} has the name "${name}" already` });
    }
    const compiled = rules.map((rule, at) => this.rule(rule, `rules.${at}`, slots));
    const given = variants.map((variant) => this.variant(variant, slots));
    if (this.faults.length > 0) return { faults: this.faults };
    return {
      active,
      slots: new Map(ready),
      rules: [...given, ...compiled.sort((a, b) => b.priority - a.priority)],
      wheres: this.wheres,
      variants,
    };
  }

  /** What is wrong with the conditions of a document, whatever else is. */
  conditionFaults(document: unknown): readonly Fault[] {
    const { slots, rules } = membersOf(document);
    for (const [name, slot] of Object.entries(membersOf(slots))) {
      const { filter } = membersOf(slot);
      if (typeof filter === 'string' && filter !== '') this.where(`slots.${name}.filter`, filter);
    }
    for (const [at, rule] of (Array.isArray(rules) ? rules : []).slice(0, MAX_RULES).entries()) {
      const { when, actions } = membersOf(rule);
      if (typeof when === 'string' && when !== '') this.when(`rules.${at}.when`, when);
      for (const [place, action] of (Array.isArray(actions) ? actions : []).slice(0, MAX_ACTIONS).entries()) {
        const { where } = membersOf(action);
        if (typeof where === 'string' && where !== '') this.where(`rules.${at}.actions.${place}.where`, where);
      }
    }
    return this.faults;
  }

  private template(slot: string, source: string, limit: number): Template | undefined {
    const path = `slots.${slot}.template`;
    const compiled = compileTemplate(source);
    if ('fault' in compiled) {
      this.faults.push({ path, ...compiled.fault });
      return undefined;
    }
    try {
      compiled.template.render(sampleValues(limit));
      return compiled.template;
    } catch (error) {
      this.faults.push({ path, ...renderFault(error) });
      return undefined;
    }
  }

  private rule({ when, actions, ...rule }: Rule, path: string, slots: Merchandising['slots']): ReadyRule {
    const condition = when === undefined ? undefined : this.when(`${path}.when`, when);
    return {
      ...rule,
      when: condition,
      needs: condition?.needs('context'),
      asksProfile: namesProfile(when),
      actions: actions.map((action, at) => this.action(action, `${path}.actions.${at}`, rule.slots, slots)),
    };
  }

  private variant({ trial, name, path, slots: where, actions }: Variant, slots: Merchandising['slots']): ReadyRule {
    return {
      ...{ name, enabled: true, priority: 0, slots: where && [...where], when: undefined, needs: undefined, trial },
      asksProfile: false,
      actions: actions.map((action, at) => this.action(action, `${path}.actions.${at}`, where, slots)),
    };
  }

  private action(
    action: Action,
    path: string,
    where: readonly string[] | undefined,
    slots: Merchandising['slots'],
  ): ReadyAction {
    if ('where' in action) return { ...action, where: this.where(`${path}.where`, action.where) };
    if (action.do === 'content') {
      const has = (slot: string) => Object.hasOwn(slots[slot]?.content ?? {}, action.content);
      const missing = (where ?? Object.keys(slots)).filter((slot) => !has(slot));
      const anywhere = (where ?? Object.keys(slots)).length > missing.length;
      if (where ? missing.length > 0 : !anywhere)
        this.faults.push({
          path: `${path}.content`,
          message: `there is no content "${action.content}" in ${missing.map((slot) => `slot "${slot}"`).join(', ') || 'any slot'}`,
        });
    }
    return action;
  }

  private when(path: string, source: string): Condition {
    return this.condition(path, source, compileWhen, ['visitor', 'context', 'segments', 'attributes']);
  }

  private where(path: string, source: string): Where {
    this.wheres += 1;
    return { condition: this.condition(path, source, compileWhere, ['item']), index: this.wheres - 1 };
  }

  private condition(
    path: string,
    source: string,
    compileIt: (source: string) => Compiled,
    variables: readonly ('visitor' | 'context' | 'item' | 'segments' | 'attributes')[],
  ): Condition {
    const compiled = compileIt(source);
    if (!compiled.ok) {
      this.faults.push({ path, ...compiled.error });
      return { source, members: [], needs: () => undefined, evaluate: () => ({ holds: false, changesAt: null }) };
    }
    for (const member of compiled.condition.members) this.checkName(path, source, member, variables);
    return compiled.condition;
  }

  /** Says which names there are where one is none of them. */
  private checkName(
    path: string,
    source: string,
    { name, offset }: NamedMember,
    variables: readonly (keyof typeof NAMES | keyof KnownNames)[],
  ): void {
    const variable = variables.find((one) => source.startsWith(one, offset));
    if (variable === undefined) return;
    const names: readonly string[] | undefined =
      variable === 'segments' || variable === 'attributes' ? this.known?.[variable] : NAMES[variable];
    if (names === undefined || names.includes(name)) return;
    const before = source.slice(0, offset).split('\n');
    this.faults.push({
      path,
      message: `${variable} has no "${name}"; there are: ${[...names].sort().join(', ') || 'none yet'}`,
      offset,
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
    });
  }
}

/** The members of what may be anything. */
function membersOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

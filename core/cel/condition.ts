import { Environment, type ParseResult } from '@marcbachmann/cel-js';
import { CEL_LIMITS } from './limits.ts';
import { type NamedMember, namedMembers } from './named-members.ts';
import { type Equals, neededEquals } from './needed-equals.ts';
import { type Fault, refuseCostly } from './refuse-costly.ts';

/** CEL types of the variables of a condition, by name. */
export type Variables = Readonly<
  Record<string, 'string' | 'map<string, dyn>' | 'map<string, google.protobuf.Timestamp>'>
>;

/** Functions of one kind of condition: each takes time in proportion to its arguments at most. */
export interface Functions {
  readonly names: readonly string[];
  addTo(environment: Environment): void;
}

/** What a condition says about its input; an error says why it could not tell. `changesAt`: when a `passed()` it asked turns true. */
export interface Verdict {
  readonly holds: boolean;
  readonly error?: string;
  /** Whether the error is that a member is not there. */
  readonly lacksMember?: boolean;
  /** ms since 1970 */
  readonly changesAt: number | null;
}

/** A checked condition. */
export interface Condition {
  readonly source: string;
  /** The members that it names of the maps that were to be tracked. */
  readonly members: readonly NamedMember[];
  /** What of a map it needs: it holds only where one of these is so; nothing where that cannot be told. */
  needs(map: string): readonly Equals[] | undefined;
  /**
   * Evaluates in steps that are bounded by `CEL_LIMITS`, given input that went through `boundedInput`. Never throws: where CEL has an
   * error (a missing key, types that don't compare), the condition doesn't hold.
   *
   * @param nowMs what `passed()` measures against, ms since 1970.
   */
  evaluate(input: Readonly<Record<string, unknown>>, nowMs: number): Verdict;
}

/** What is wrong with a condition, where: line and column count from 1, `offset` from 0, all in characters. */
export interface ConditionError {
  readonly message: string;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export type Compiled =
  | { readonly ok: true; readonly condition: Condition }
  | { readonly ok: false; readonly error: ConditionError };

/** What time does not change. */
const HOLDS: Verdict = { holds: true, changesAt: null };
const FAILS: Verdict = { holds: false, changesAt: null };

/**
 * A compiler of conditions in the Common Expression Language (CEL) over the given variables. A condition is parsed and type-checked
 * once; its cost is bounded by its own size and by which functions it may call. Beyond CEL there is
 * `passed(timestamp, duration)`: whether that much time has gone by since.
 *
 * @param tracked maps whose members a condition must name literally, so that it is known what it depends on.
 * @param functions what it may call beside what every condition may.
 */
export function conditionCompiler(
  variables: Variables,
  tracked: readonly string[] = [],
  functions: Functions = { names: [], addTo: () => undefined },
): (source: string) => Compiled {
  // Evaluation is synchronous, so there is one run at a time, and it stands here.
  const run = { nowMs: 0, changesAt: null as number | null };
  const environment = new Environment({
    enableOptionalTypes: true,
    homogeneousAggregateLiterals: false,
    limits: {
      maxAstNodes: CEL_LIMITS.astNodes,
      maxDepth: CEL_LIMITS.depth,
      maxListElements: CEL_LIMITS.listElements,
      maxMapEntries: CEL_LIMITS.mapEntries,
      maxCallArguments: CEL_LIMITS.callArguments,
    },
  });
  for (const [name, type] of Object.entries(variables)) environment.registerVariable(name, type);
  environment.registerFunction(
    'passed(google.protobuf.Timestamp, google.protobuf.Duration): bool',
    (since: Date, span: { valueOf(): number }) => {
      const at = Math.ceil(since.getTime() + span.valueOf());
      if (at <= run.nowMs) return true;
      run.changesAt = Math.min(run.changesAt ?? at, at);
      return false;
    },
  );
  functions.addTo(environment);
  const evaluate = (parsed: ParseResult, input: Readonly<Record<string, unknown>>, nowMs: number): Verdict => {
    run.nowMs = nowMs;
    run.changesAt = null;
    try {
      const value: unknown = parsed(input);
      if (typeof value === 'boolean')
        return run.changesAt === null ? (value ? HOLDS : FAILS) : { holds: value, changesAt: run.changesAt };
      return { holds: false, error: 'the condition is not a boolean', changesAt: run.changesAt };
    } catch (error) {
      const lacks = error instanceof Error && 'code' in error && error.code === 'no_such_key';
      return { holds: false, error: summaryOf(error), changesAt: run.changesAt, ...(lacks && { lacksMember: true }) };
    }
  };
  return (source) => {
    const checked = check(environment, source, tracked, functions.names);
    if ('fault' in checked) return { ok: false, error: locate(source, checked.fault) };
    const { parsed, members } = checked;
    const condition: Condition = {
      source,
      members,
      needs: (map) => neededEquals(parsed.ast, map),
      evaluate: (input, nowMs) => evaluate(parsed, input, nowMs),
    };
    return { ok: true, condition };
  };
}

function check(
  environment: Environment,
  source: string,
  tracked: readonly string[],
  functions: readonly string[],
): { fault: Fault } | { parsed: ParseResult; members: NamedMember[] } {
  if (source.length > CEL_LIMITS.sourceLength) {
    return {
      fault: { message: `longer than ${CEL_LIMITS.sourceLength} characters`, offset: CEL_LIMITS.sourceLength },
    };
  }
  try {
    const parsed = environment.parse(source);
    const { members, faults } = namedMembers(parsed.ast, tracked);
    const fault = refuseCostly(parsed.ast, functions) ?? faults[0];
    if (fault) return { fault };
    const { valid, type, error } = parsed.check();
    if (!valid) return { fault: faultOf(error) };
    if (type !== 'bool' && type !== 'dyn') return { fault: { message: `must be a bool, but is ${type}`, offset: 0 } };
    return { parsed, members };
  } catch (error) {
    return { fault: faultOf(error) };
  }
}

function faultOf(error: unknown): Fault {
  const range = typeof error === 'object' && error !== null && 'range' in error ? error.range : undefined;
  const start = typeof range === 'object' && range !== null && 'start' in range ? range.start : undefined;
  return { message: summaryOf(error), offset: typeof start === 'number' ? start : 0 };
}

function summaryOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'summary' in error) return String(error.summary);
  return error instanceof Error ? error.message : String(error);
}

function locate(source: string, { message, offset }: Fault): ConditionError {
  const before = source.slice(0, offset);
  return { message, offset, line: before.split('\n').length, column: offset - before.lastIndexOf('\n') };
}

/** One figure of the bench. */
export interface Result {
  readonly name: string;
  /** Null when it could not be measured. */
  readonly value: number | null;
  readonly unit: string;
  /** The bound that the value is held to, e.g. `<= 50`; null for a figure without one. */
  readonly target: string | null;
  /** Whether the value meets its target; a figure without target passes once it is measured. */
  readonly pass: boolean;
  /** What a reader should know, e.g. why there is no value. */
  readonly note?: string;
}

/** A bound on a figure. */
export interface Target {
  readonly compare: '<=' | '>=';
  readonly bound: number;
}

/** A measured figure, with its target if it has one. */
export function measured(name: string, value: number, unit: string, target?: Target, note?: string): Result {
  const pass = !target || (target.compare === '<=' ? value <= target.bound : value >= target.bound);
  return {
    name,
    value: Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3)),
    unit,
    target: target ? `${target.compare} ${target.bound}` : null,
    pass,
    ...(note === undefined ? {} : { note }),
  };
}

/** A figure that could not be measured, and why. */
export function missing(name: string, unit: string, note: string): Result {
  return { name, value: null, unit, target: null, pass: false, note };
}

/** What of an event is looked at: its numbers, how many products it has, and how many events came with it from the same visitor. */
const SHAPE_FEATURES = ['price', 'quantity', 'total', 'products', 'together'] as const;

/** What a shape's numbers are. */
export interface ShapeKind {
  readonly features: readonly string[];
  /** So large a part of what comes is usual. */
  readonly usual: number;
  /** What is made up to be odd: of each feature so large a part of all rows, to which, and to so many features at most, so much is added. */
  readonly beyond: { readonly part: number; readonly features: number; readonly least: number; readonly most: number };
  /** A model must find nearly all, once so much is added to one of these. */
  readonly check: { readonly features: ReadonlySet<string>; readonly more: number };
}

/** Made up is what is ten to a thousand times as much; a hundred times a price or a total must be found. */
export const EVENT_SHAPE: ShapeKind = {
  features: SHAPE_FEATURES,
  usual: 0.998,
  beyond: { part: 0.02, features: 1, least: Math.log(10), most: Math.log(1_000) },
  check: { features: new Set(['price', 'total']), more: Math.log(100) },
};

/** Names under which shops say what an event is worth. */
const TOTALS = ['total', 'revenue', 'value'] as const;

/**
 * The numeric shape of an event, in the order of the features: logarithms, so that twice as much is as far from 10 as from 1,000; NaN for what it does
 * not have. Nothing for events without any number.
 *
 * @param together how many events its visitor sent along.
 */
export function shapeOf(
  properties: Readonly<Record<string, unknown>> | undefined,
  together: number,
): number[] | undefined {
  if (!properties) return undefined;
  const said = (name: string) => numberIn(properties[name]);
  const total = TOTALS.map(said).find((value) => !Number.isNaN(value)) ?? Number.NaN;
  const products = Array.isArray(properties.products) ? properties.products.length : Number.NaN;
  const own = [said('price'), said('quantity'), total, products];
  if (own.every(Number.isNaN)) return undefined;
  return [...own, together].map(scaled);
}

/** A number of an event as the shape has it. */
export function scaled(value: number): number {
  return Math.sign(value) * Math.log1p(Math.abs(value));
}

/** The number that a scaled one was, as people read it. */
export function unscaled(value: number): number {
  return Number((Math.sign(value) * Math.expm1(Math.abs(value))).toPrecision(4));
}

function numberIn(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : Number.NaN;
}

import { type ShapeKind, scaled } from '../anomalies/event-shape.ts';
import { type OddFeature, oddFeatures, type ShapeModel } from '../anomalies/shape-model.ts';
import { type Drift, SHARE_SIZE, ShareWatch } from './share-watch.ts';

/** Which kinds of series make each number of a minute's shape. */
const GROUPS: Readonly<Record<string, readonly string[]>> = {
  volume: ['volume'],
  types: ['type'],
  browsers: ['browser'],
  door: ['rejected', 'duplicate', 'conflicting', 'late'],
  senders: ['bot', 'skewed'],
  properties: ['missing', 'kind', 'unknown', 'repeated', 'large', 'small'],
};
const GROUP_OF = new Map(Object.entries(GROUPS).flatMap(([group, kinds]) => kinds.map((kind) => [kind, group])));

/**
 * The shape of a minute: for each group of series the mean square of how far they stray, as a logarithm. Made up as odd is what strays a few times as
 * much in up to three groups; twenty times as much of volume or types must be found.
 */
export const MINUTE_SHAPE: ShapeKind = {
  features: Object.keys(GROUPS),
  usual: 0.995,
  beyond: { part: 0.04, features: 3, least: 0.7, most: 3 },
  check: { features: new Set(['volume', 'types']), more: 3 },
};

/** How far a series strays in a minute, in standard deviations. */
export interface Stray {
  readonly kind: string;
  readonly series: string;
  readonly by: number;
}

/** What makes a minute unlike others: of each group the series that strays the most. */
export interface OddMinute {
  readonly features: readonly (OddFeature & { readonly series: string; readonly by: number })[];
}

/** Evidence from which on it is told, of some dozen odd minutes: a minute as a whole has more ways to be odd than a series. */
const TOLD = 28;
/** Things that a share must have seen before it is known are minutes here: as each alarm of the forest is one of many, it begins with so many. */
const SEEN_A_MINUTE = 1;

/**
 * Watches minutes as a whole: what is a little off in many series at once, in a way in which minutes are not, though no series alone tells it. The forest
 * says which minutes are odd; that they become more is told as any other share.
 */
export class MinuteWatch {
  /** What finds odd minutes; nothing is odd without. */
  model: ShapeModel | undefined;
  private readonly odd: ShareWatch;

  constructor(numbers?: readonly number[], model?: ShapeModel) {
    this.model = model;
    // A build that keeps other numbers begins anew.
    this.odd = new ShareWatch(numbers?.length === SHARE_SIZE ? Float64Array.from(numbers) : undefined, TOLD);
  }

  numbers(): number[] {
    return this.odd.numbers();
  }

  get open(): boolean {
    return this.odd.open !== undefined;
  }

  /** What makes a minute odd, if it is. */
  oddOf(strays: readonly Stray[]): OddMinute | undefined {
    const features = this.model && oddFeatures(this.model, shapeOfMinute(strays));
    return features && { features: features.flatMap((feature) => ofGroup(strays, feature)) };
  }

  /** Takes a minute, `time` its start in ms since 1970; what begins to be told in it. */
  next(time: number, isOdd: boolean): Drift | undefined {
    return this.odd.next(time, isOdd ? 1 : 0, SEEN_A_MINUTE);
  }
}

/** The shape of a minute, in the order of the features; NaN where no series of a group is known. */
export function shapeOfMinute(strays: readonly Stray[]): number[] {
  return MINUTE_SHAPE.features.map((group) => {
    const own = strays.filter(({ kind }) => GROUP_OF.get(kind) === group);
    if (own.length === 0) return Number.NaN;
    // Rounded: a forest cuts the smallest differences as well, and they mean nothing.
    return Number(scaled(own.reduce((sum, { by }) => sum + by * by, 0) / own.length).toFixed(2));
  });
}

function ofGroup(strays: readonly Stray[], feature: OddFeature): (OddFeature & { series: string; by: number })[] {
  const [most] = strays
    .filter(({ kind }) => GROUP_OF.get(kind) === feature.feature)
    .toSorted((a, b) => Math.abs(b.by) - Math.abs(a.by));
  return most ? [{ ...feature, series: most.series, by: Number(most.by.toFixed(1)) }] : [];
}

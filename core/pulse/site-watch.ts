import type { ShapeModel } from '../anomalies/shape-model.ts';
import {
  isIdentifier,
  isKnown,
  isRepeating,
  type KnownValues,
  LEAST_REPEATED,
  learnValues,
  newKnown,
  unknownNames,
  unusualSizes,
} from './known-values.ts';
import type { MinuteTally } from './minute.ts';
import { MinuteWatch, type OddMinute, type Stray, shapeOfMinute } from './minute-watch.ts';
import { type Direction, SHARE_SIZE, ShareWatch } from './share-watch.ts';
import { VOLUME_SIZE, VolumeWatch } from './volume-watch.ts';

/** Series of a site, at most. */
export const MAX_SERIES = 500;

const MAX_LAST = 100;

/** What an alarm is about. */
export interface Subject {
  /** e.g. `type`, `missing`, `browser`, `duplicate`, `volume`; `minute` where no series alone is off. */
  readonly kind: string;
  readonly type?: string | undefined;
  readonly property?: string | undefined;
  /** A name among many: of a browser, a reason, a kind of value, a text. */
  readonly name?: string | undefined;
}

/** Something that is not as it was. */
export interface Alarm extends Subject {
  /** The series, e.g. `missing|order_completed|total`. */
  readonly series: string;
  readonly direction: Direction;
  readonly evidence: number;
  /** ms since 1970: the minute in which it began, as far as can be told, and that in which it was told. */
  readonly since: number;
  readonly toldAt: number;
  /** Parts of one; of a volume, events a minute. */
  readonly usual: number;
  readonly found: number;
  /** Ids of events that are so; of what is missing, of others of the type. */
  readonly examples: readonly string[];
}

/** A share of a minute. */
interface Share extends Subject {
  readonly hits: number;
  readonly seen: number;
  /** The name of its examples in a minute. */
  readonly examples: string;
}

/** All that a watch knows, to be kept. */
export interface WatchState {
  readonly shares: [series: string, numbers: number[]][];
  readonly volume: number[];
  readonly known: [property: string, known: KnownValues][];
  readonly left: number;
  /** Of minutes as a whole. */
  readonly minute?: number[];
}

/** A minute as a whole. */
export interface WatchedMinute {
  /** By `MINUTE_SHAPE`; nothing in the first hour, and where something is open already: such minutes are none to learn from. */
  readonly shape: number[] | undefined;
  readonly odd: OddMinute | undefined;
}

/**
 * Watches all that comes to a site, minute by minute: how much, of which types, from which browsers, refused for what, there already, late; and of each
 * property how often it is missing, what it is, and whether its names and sizes are usual. Constant memory, no settings.
 */
export class SiteWatch {
  private readonly shares = new Map<string, ShareWatch>();
  private volume: VolumeWatch;
  private minutes: MinuteWatch;
  /** The minute that was taken last, as a whole. */
  lastMinute: WatchedMinute = { shape: undefined, odd: undefined };
  private readonly known = new Map<string, KnownValues>();
  /** The last examples of types and browsers. */
  private readonly last = new Map<string, string[]>();
  /** Series for which there was no room. */
  private left: number;

  constructor(state?: WatchState) {
    this.volume = new VolumeWatch(state ? sized(state.volume, VOLUME_SIZE) : undefined);
    this.minutes = new MinuteWatch(state?.minute);
    for (const [series, numbers] of state?.shares ?? [])
      this.shares.set(series, new ShareWatch(sized(numbers, SHARE_SIZE)));
    for (const [property, known] of state?.known ?? []) this.known.set(property, known);
    this.left = state?.left ?? 0;
  }

  /** How many series there are, and for how many there was no room. */
  get size(): { readonly series: number; readonly left: number } {
    return { series: this.shares.size, left: this.left };
  }

  /** The series whose drift is open. */
  get open(): string[] {
    return [...this.shares]
      .flatMap(([series, watch]) => (watch.open ? [series] : []))
      .concat(this.volume.open ? ['volume'] : [])
      .concat(this.minutes.open ? ['minute'] : []);
  }

  /** The forest that says which minutes are unlike others; without one none is. */
  set minuteModel(model: ShapeModel | undefined) {
    this.minutes.model = model;
  }

  /** Takes a minute that is over, and says what begins to be told in it, the most evident first. */
  next(time: number, minute: MinuteTally): Alarm[] {
    const alarms: Alarm[] = [];
    const came = minute.counts.accepted ?? 0;
    const strays: Stray[] = [];
    const note = (kind: string, series: string, by: number | undefined) =>
      by !== undefined && strays.push({ kind, series, by });
    note('volume', 'volume', this.volume.strayOf(time, came));
    const surge = this.volume.next(time, came);
    if (surge) alarms.push({ kind: 'volume', series: 'volume', ...surge, toldAt: time, examples: [] });
    for (const share of this.sharesOf(minute)) {
      const series = [share.kind, share.type, share.property, share.kind === 'unknown' ? undefined : share.name]
        .filter((part) => part !== undefined)
        .join('|');
      const watch = this.watchOf(series);
      note(share.kind, series, watch?.strayOf(time, share.hits, share.seen));
      const drift = watch?.next(time, share.hits, share.seen);
      if (!drift) continue;
      const { hits: _, seen: __, examples, ...subject } = share;
      // Of what comes no more the last that came.
      const ids = minute.examples[examples] ?? this.last.get(examples) ?? [];
      alarms.push({ ...subject, series, ...drift, toldAt: time, examples: ids });
    }
    const unlike = this.lookAtWhole(time, strays);
    if (unlike) alarms.push(unlike);
    for (const [name, ids] of Object.entries(minute.examples))
      if (/^(?:type|browser)\|/.test(name) && (this.last.has(name) || this.last.size < MAX_LAST))
        this.last.set(name, ids);
    for (const [property, tally] of Object.entries(minute.properties)) learnValues(this.knownOf(property), tally);
    return alarms.sort((a, b) => b.evidence - a.evidence);
  }

  /** Looks at a minute as a whole, where no series explains it. */
  private lookAtWhole(time: number, strays: readonly Stray[]): Alarm | undefined {
    const isExplained = this.open.some((series) => series !== 'minute');
    const odd = isExplained ? undefined : this.minutes.oddOf(strays);
    // In the first hour most is not known yet.
    const isKnown = strays.some(({ kind }) => kind === 'volume');
    this.lastMinute = { shape: isExplained || !isKnown ? undefined : shapeOfMinute(strays), odd };
    const drift = isExplained ? undefined : this.minutes.next(time, odd !== undefined);
    if (!drift) return undefined;
    const name = odd?.features.map(({ series }) => series).join(', ');
    return { kind: 'minute', series: 'minute', name, ...drift, toldAt: time, examples: [] };
  }

  /** Begins anew with a series, so that what is now becomes what is usual. Says whether there is one. */
  forget(series: string): boolean {
    if (series === 'volume') this.volume = new VolumeWatch();
    else if (series === 'minute') this.minutes = new MinuteWatch(undefined, this.minutes.model);
    else return this.shares.delete(series);
    return true;
  }

  toState(): WatchState {
    return {
      shares: [...this.shares].map(([series, watch]) => [series, watch.numbers()]),
      volume: this.volume.numbers(),
      known: [...this.known],
      left: this.left,
      minute: this.minutes.numbers(),
    };
  }

  private watchOf(series: string): ShareWatch | undefined {
    const held = this.shares.get(series);
    if (held) return held;
    if (this.shares.size >= MAX_SERIES) {
      this.left += 1;
      return undefined;
    }
    const made = new ShareWatch();
    this.shares.set(series, made);
    return made;
  }

  private knownOf(property: string): KnownValues {
    const held = this.known.get(property) ?? newKnown();
    this.known.set(property, held);
    return held;
  }

  /** The shares of a minute: those of names that came before and did not come now are 0 of it. */
  private *sharesOf({ counts, properties }: MinuteTally): Generator<Share> {
    const accepted = counts.accepted ?? 0;
    const all = ['accepted', 'rejected', 'duplicate', 'conflicting', 'late'].reduce(
      (sum, name) => sum + (counts[name] ?? 0),
      0,
    );
    for (const name of this.namesOf('type', counts)) yield shareOf('type', `type|${name}`, { type: name }, accepted);
    for (const name of this.namesOf('rejected', counts)) yield shareOf('rejected', `rejected|${name}`, { name }, all);
    for (const kind of ['duplicate', 'conflicting', 'late']) yield shareOf(kind, kind, {}, all);
    for (const kind of ['bot', 'skewed']) yield shareOf(kind, kind, {}, accepted);
    for (const name of this.namesOf('browser', counts))
      yield shareOf('browser', `browser|${name}`, { name }, counts.person ?? 0);
    const keys = new Set([...Object.keys(properties), ...this.known.keys()]);
    for (const key of keys) {
      const [type = '', property = ''] = key.split('|');
      const ofType = counts[`type|${type}`] ?? 0;
      const tally = properties[key] ?? { string: 0, number: 0, boolean: 0, other: 0, values: {}, sizes: {} };
      const present = tally.string + tally.number + tally.boolean + tally.other;
      const about = { type, property };
      yield { kind: 'missing', ...about, hits: Math.max(0, ofType - present), seen: ofType, examples: `type|${type}` };
      for (const name of ['string', 'number', 'boolean', 'other'] as const)
        yield { kind: 'kind', ...about, name, hits: tally[name], seen: present, examples: `${name}|${key}` };
      const known = this.known.get(key);
      if (!known || !isKnown(known)) continue;
      if (known.names) {
        const { hits, name } = unknownNames(known, tally);
        yield { kind: 'unknown', ...about, name, hits, seen: tally.string, examples: `value|${key}|${name}` };
      }
      if (isIdentifier(known))
        yield {
          kind: 'repeated',
          ...about,
          // Of minutes with enough of them, those in which most are the same.
          hits: isRepeating(tally) ? 1 : 0,
          seen: tally.string >= LEAST_REPEATED ? 1 : 0,
          examples: `string|${key}`,
        };
      if (!known.usual) continue;
      const { large, small } = unusualSizes(known, tally);
      yield { kind: 'large', ...about, hits: large, seen: tally.number, examples: `number|${key}` };
      yield { kind: 'small', ...about, hits: small, seen: tally.number, examples: `number|${key}` };
    }

    function shareOf(kind: string, count: string, subject: Omit<Subject, 'kind'>, seen: number): Share {
      return { kind, ...subject, hits: counts[count] ?? 0, seen, examples: count };
    }
  }

  /** Names that a count has now, or had. */
  private namesOf(kind: string, counts: Readonly<Record<string, number>>): Set<string> {
    const names = new Set<string>();
    for (const key of [...Object.keys(counts), ...this.shares.keys()])
      if (key.startsWith(`${kind}|`)) names.add(key.slice(kind.length + 1));
    return names;
  }
}

function sized(numbers: readonly number[], size: number) {
  // A build that keeps other numbers begins anew.
  return numbers.length === size ? Float64Array.from(numbers) : new Float64Array(size);
}

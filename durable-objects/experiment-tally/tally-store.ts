import { addSums, type Sums, sumStandings } from '../../core/experiments/sums.ts';
import type { PersonStandings } from '../../core/profile/person-standings.ts';
import type { Standing } from '../../core/profile/standing.ts';
import { DAY_MS } from '../../core/time.ts';

/** Buckets of an experiment's people: at a million people each holds some 4,000, half a megabyte of the 2 MB that a row may have. */
export const BUCKETS = 256;
/** How long it is remembered that somebody is not in it any more, against an older word that comes late. */
const GONE_MS = DAY_MS;
/** People of a bucket, at most: a row has 2 MB. Beyond it those with the smallest hashes stay, a sample by no word of theirs. */
export const MAX_PEOPLE = 15_000;
/** Looks that are kept of an experiment; the older half is thinned beyond that. */
const MAX_LOOKS = 500;

/** A person in a bucket; nothing of him where he is not in the experiment any more. */
type Person = [
  person: string,
  at: number,
  ...standing:
    | []
    | [
        variant: number,
        mixed: 0 | 1,
        firstAt: number,
        shown: number,
        clicked: number,
        orders: number,
        revenue: number,
        currency: string | null,
        attributed: number,
        attributedRevenue: number,
        before: number,
        otherwise?: readonly [byFirstTouch: number, linear: number, byTimeDecay: number],
      ],
];

/** The sums of an experiment at a time, ms since 1970. */
export interface Look {
  readonly at: number;
  readonly sums: Sums;
}

/** The bucket of a person. */
export function bucketOf(person: string): number {
  return Number.parseInt(person.slice(0, 2), 16) % BUCKETS;
}

/** How people stand in a site's experiments, in the object's SQLite. */
export class TallyStore {
  private readonly storage: DurableObjectStorage;
  private readonly sql: SqlStorage;
  private readonly maxPeople: number;

  constructor(storage: DurableObjectStorage, maxPeople = MAX_PEOPLE) {
    this.storage = storage;
    this.sql = storage.sql;
    this.maxPeople = maxPeople;
  }

  append(words: readonly PersonStandings[]): void {
    this.sql.exec('INSERT INTO words (content) VALUES (?)', JSON.stringify(words));
  }

  /** Words that are in no bucket yet, up to a number of rows, with the number of the last one. */
  words(limit: number): { readonly words: PersonStandings[]; readonly until: number; readonly rows: number } {
    const rows = this.sql
      .exec<{ seq: number; content: string }>('SELECT seq, content FROM words ORDER BY seq LIMIT ?', limit)
      .toArray();
    const words = rows.flatMap(({ content }) => JSON.parse(content) as PersonStandings[]);
    return { words, until: rows.at(-1)?.seq ?? 0, rows: rows.length };
  }

  waiting(): number {
    return this.sql.exec<{ n: number }>('SELECT COUNT(*) AS n FROM words').one().n;
  }

  drop(until: number): void {
    this.sql.exec('DELETE FROM words WHERE seq <= ?', until);
  }

  /** Numbers of the experiments that hold anybody in a bucket. */
  numbersIn(bucket: number): number[] {
    return this.sql
      .exec<{ number: number }>('SELECT number FROM buckets WHERE bucket = ?', bucket)
      .toArray()
      .map(({ number }) => number);
  }

  /** Puts people of one bucket to where they stand now; an older word changes nothing. Returns how many the bucket has. */
  fold(number: number, bucket: number, words: Iterable<PersonStandings>, now: number): number {
    const people = this.people(number, bucket);
    for (const { person, at, standings } of words) {
      const before = people.get(person);
      if (before && before[1] >= at) continue;
      const standing = standings.find((one) => one.number === number);
      people.set(person, standing ? packed(person, at, standing, before) : [person, at]);
    }
    for (const [person, [, at, ...standing]] of people)
      if (standing.length === 0 && at < now - GONE_MS) people.delete(person);
    const all = [...people.values()];
    const list = all.length > this.maxPeople ? all.sort(([a], [b]) => (a < b ? -1 : 1)).slice(0, this.maxPeople) : all;
    const sums = sumStandings(list.flatMap(standingIn), this.currencyOf(list));
    this.sql.exec(
      'INSERT OR REPLACE INTO buckets (number, bucket, people, sums) VALUES (?, ?, ?, ?)',
      number,
      bucket,
      JSON.stringify(list),
      JSON.stringify(sums),
    );
    return list.length;
  }

  /** The sums of an experiment, bucket by bucket. */
  *sums(number: number): Generator<Sums> {
    for (const { sums } of this.sql.exec<{ sums: string }>('SELECT sums FROM buckets WHERE number = ?', number))
      yield JSON.parse(sums);
  }

  /** How a person stands in an experiment; nothing where he is not in it. */
  standing(number: number, person: string): Omit<Standing, 'number'> | undefined {
    const found = this.people(number, bucketOf(person)).get(person);
    return found && standingIn(found)[0];
  }

  looks(number: number): Look[] {
    return this.sql
      .exec<{ at: number; sums: string }>('SELECT at, sums FROM looks WHERE number = ? ORDER BY at', number)
      .toArray()
      .map(({ at, sums }) => ({ at, sums: wholeSums(JSON.parse(sums)) }));
  }

  lastLook(number: number): number {
    return (
      this.sql.exec<{ at: number | null }>('SELECT MAX(at) AS at FROM looks WHERE number = ?', number).one().at ?? 0
    );
  }

  keepLook(number: number, { at, sums }: Look): void {
    this.sql.exec(
      'INSERT OR REPLACE INTO looks (number, at, sums) VALUES (?, ?, ?)',
      number,
      at,
      JSON.stringify(Object.fromEntries(Object.entries(sums).map(([variant, one]) => [variant, { ...one, days: {} }]))),
    );
    const times = this.looks(number).map((look) => look.at);
    if (times.length <= MAX_LOOKS) return;
    for (const [place, old] of times.slice(0, MAX_LOOKS / 2).entries())
      if (place % 2 === 1) this.sql.exec('DELETE FROM looks WHERE number = ? AND at = ?', number, old);
  }

  /** The currency that revenue is counted in: the first that came. */
  currency(): string | null {
    return this.storage.kv.get<string>('currency') ?? null;
  }

  private currencyOf(people: readonly Person[]): string | null {
    const known = this.currency();
    if (known !== null) return known;
    const first = people.flatMap(standingIn).find(({ currency }) => currency !== null)?.currency ?? null;
    if (first !== null) this.storage.kv.put('currency', first);
    return first;
  }

  private people(number: number, bucket: number): Map<string, Person> {
    const [row] = this.sql
      .exec<{ people: string }>('SELECT people FROM buckets WHERE number = ? AND bucket = ?', number, bucket)
      .toArray();
    const list: Person[] = row ? JSON.parse(row.people) : [];
    return new Map(list.map((person) => [person[0], person]));
  }
}

/** Sums as they are now: those that were kept before something was measured have nothing of it. */
function wholeSums(kept: Sums): Sums {
  const whole: Sums = {};
  addSums(whole, kept);
  return whole;
}

/** What somebody was like before his first impression stays as it was first said: his profile forgets old days. */
function packed(person: string, at: number, standing: Standing, before: Person | undefined): Person {
  const { variant, mixed, firstAt, shown, clicked, orders, revenue, currency, attributed, attributedRevenue } =
    standing;
  const { attributedOtherwise: otherwise } = standing;
  const [known] = before ? standingIn(before) : [];
  const wasBefore = known?.firstAt === firstAt ? known.before : standing.before;
  return [
    ...([person, at, variant, mixed ? 1 : 0, firstAt, shown, clicked, orders, revenue, currency] as const),
    ...([attributed, attributedRevenue, wasBefore] as const),
    ...(otherwise ? ([[otherwise.firstTouch, otherwise.linear, otherwise.timeDecay]] as const) : ([] as const)),
  ];
}

function standingIn([, , ...standing]: Person): Omit<Standing, 'number'>[] {
  if (standing.length === 0) return [];
  const [variant, mixed, firstAt, shown, clicked, orders, revenue, currency, attributed, attributedRevenue] = standing;
  const [, , , , , , , , , , before, otherwise] = standing;
  const counts = { shown, clicked, orders, revenue, currency, attributed, attributedRevenue, before };
  return [
    {
      variant,
      mixed: mixed === 1,
      firstAt,
      ...counts,
      ...(otherwise && { attributedOtherwise: otherwiseIn(otherwise) }),
    },
  ];
}

function otherwiseIn([firstTouch, linear, timeDecay]: readonly [number, number, number]) {
  return { firstTouch, linear, timeDecay };
}

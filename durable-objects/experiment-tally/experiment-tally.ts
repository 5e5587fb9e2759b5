import { DurableObject } from 'cloudflare:workers';
import { addSums, type Sums } from '../../core/experiments/sums.ts';
import { latestWords, type PersonStandings } from '../../core/profile/person-standings.ts';
import type { Standing } from '../../core/profile/standing.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { WorkSlice } from '../../core/work-slice.ts';
import { breathe } from '../../stores/breathe.ts';
import { migrate } from '../storage/migrate.ts';
import { TALLY_MIGRATIONS } from './schema.ts';
import { bucketOf, type Look, TallyStore } from './tally-store.ts';

/** Rows of words before they go into their buckets, and rows that go at once. */
const MAX_WAITING = 64;
const ROWS_AT_ONCE = 256;
/** When they go at the latest. */
const FOLD_MS = 5 * MINUTE_MS;
/** People that are written before requests run: some milliseconds. */
const SLICE_PEOPLE = 4_000;

/** What is known of an experiment: sums over its people, and what they were at each hour. */
export interface Tally {
  readonly sums: Sums;
  readonly looks: readonly Look[];
  readonly currency: string | null;
}

/**
 * How people stand in the experiments of a site. What a profile says of its person replaces what it said before, so that nothing counts twice,
 * and a link, its end or an erasure leaves no trace. The object's name is the site's id.
 */
export class ExperimentTally extends DurableObject<Env> {
  private readonly store: TallyStore;
  private folding: Promise<void> = Promise.resolve();

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    migrate(ctx.storage, TALLY_MIGRATIONS);
    this.store = new TallyStore(ctx.storage);
  }

  /** Takes what profiles say of their people: one row, stored before the answer. */
  async take({ words }: { readonly v: 1; readonly words: readonly PersonStandings[] }): Promise<void> {
    if (words.length === 0) return;
    this.store.append(words);
    if (this.store.waiting() >= MAX_WAITING) await this.wakeBy(Date.now());
    else await this.wakeBy(Date.now() + FOLD_MS);
  }

  /** What is known of an experiment, everything that was taken included. */
  async tally(number: number): Promise<Tally> {
    await this.fold();
    return { sums: this.sumsOf(number), looks: this.store.looks(number), currency: this.store.currency() };
  }

  /** How a person stands in an experiment, for who holds it against the lake. */
  async standing(number: number, person: string): Promise<Omit<Standing, 'number'> | undefined> {
    await this.fold();
    return this.store.standing(number, person);
  }

  override alarm(): Promise<void> {
    return this.fold();
  }

  /** Brings all words into their buckets; one after the other. Each bucket is one write, and a word that comes again changes nothing. */
  fold(): Promise<void> {
    const next = this.folding.then(() => this.foldAll());
    this.folding = next.catch(() => undefined);
    return next;
  }

  private async foldAll(): Promise<void> {
    const slice = new WorkSlice(SLICE_PEOPLE, breathe);
    for (;;) {
      const { words, until, rows } = this.store.words(ROWS_AT_ONCE);
      if (rows === 0) return;
      const numbers = new Set<number>();
      const byBucket = Map.groupBy(latestWords(words).values(), ({ person }) => bucketOf(person));
      for (const [bucket, people] of byBucket) {
        const here = new Set(people.flatMap(({ standings }) => standings.map(({ number }) => number)));
        // Who is in no other experiment may have been.
        if (people.some(({ complete }) => complete))
          for (const number of this.store.numbersIn(bucket)) here.add(number);
        for (const number of here) {
          numbers.add(number);
          const concerned = people.filter(
            ({ complete, standings }) => complete || standings.some((one) => one.number === number),
          );
          if (slice.spend(this.store.fold(number, bucket, concerned, Date.now()))) await slice.pause();
        }
      }
      this.store.drop(until);
      for (const number of numbers) this.look(number);
    }
  }

  /** Keeps what the sums are now, once an hour. */
  private look(number: number): void {
    const at = Date.now();
    if (this.store.lastLook(number) > at - HOUR_MS) return;
    this.store.keepLook(number, { at, sums: this.sumsOf(number) });
  }

  private sumsOf(number: number): Sums {
    const sums: Sums = {};
    for (const some of this.store.sums(number)) addSums(sums, some);
    return sums;
  }

  private async wakeBy(time: number): Promise<void> {
    const set = await this.ctx.storage.getAlarm();
    if (set === null || set > time) await this.ctx.storage.setAlarm(time);
  }
}

/** A minute or an hour, as the API answers it. */
export interface Bucket {
  readonly at: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Something that is not as it was, as the API answers it. */
export interface Alarm {
  readonly id: number;
  readonly series: string;
  readonly kind: string;
  readonly type?: string;
  readonly property?: string;
  readonly name?: string;
  readonly direction: 'up' | 'down';
  readonly usual: number;
  readonly found: number;
  readonly since: string;
  readonly toldAt: string;
  readonly endedAt: string | null;
  readonly examples: readonly string[];
}

/** An event whose numbers are unlike those of others, as the API answers it. */
export interface OddEvent {
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly features: readonly {
    readonly feature: string;
    readonly value: number | null;
    readonly usual: number | null;
  }[];
}

/** A minute unlike others, as the API answers it. */
export interface OddMinute {
  readonly at: string;
  readonly features: readonly { readonly feature: string; readonly series: string; readonly by: number }[];
}

/** A rule that holds, as the API answers it. */
export interface Alert {
  readonly rule: string;
  readonly severity: 'page' | 'ticket';
  readonly labels: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly since: string;
  /** Null while it has not held for long enough to call somebody. */
  readonly firedAt: string | null;
}

export interface Pulse {
  readonly minutes: readonly Bucket[];
  readonly hours: readonly Bucket[];
  readonly alarms: readonly Alarm[];
  readonly alerts: readonly Alert[];
  readonly odd: readonly OddEvent[];
  readonly oddMinutes: readonly OddMinute[];
  readonly series: number;
}

/** What the minutes of an hour have by a kind of count, the most first: of `type|product_viewed` the name is `product_viewed`. */
export function countsBy(
  kind: string,
  buckets: readonly Bucket[],
): { readonly name: string; readonly count: number }[] {
  const sums = new Map<string, number>();
  for (const { counts } of buckets)
    for (const [name, by] of Object.entries(counts))
      if (name.startsWith(`${kind}|`)) sums.set(name, (sums.get(name) ?? 0) + by);
  return [...sums]
    .map(([name, count]) => ({ name: name.slice(kind.length + 1), count }))
    .sort((a, b) => b.count - a.count);
}

/** Every minute, or hour, from the first to the last that is over: what is not there is none. `now` in ms since 1970. */
export function filled(buckets: readonly Bucket[], stepMs: number, now: number): Bucket[] {
  const [first] = buckets;
  if (!first) return [];
  const byTime = new Map(buckets.map((bucket) => [Date.parse(bucket.at), bucket]));
  const all: Bucket[] = [];
  for (let time = Date.parse(first.at); time + stepMs <= now; time += stepMs)
    all.push(byTime.get(time) ?? { at: new Date(time).toISOString(), counts: {} });
  return all;
}

/** Within which bounds half, and nearly all, of what was measured lies: of `took|250`, `took|inf` the kind is `took`, the bounds are ms. */
export function withinWords(kind: string, buckets: readonly Bucket[]): string {
  const counts = countsBy(kind, buckets)
    .map(({ name, count }) => ({ bound: name === 'inf' ? Number.POSITIVE_INFINITY : Number(name), count }))
    .sort((a, b) => a.bound - b.bound);
  const all = counts.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return 'nothing yet';
  const boundOf = (part: number) => {
    let below = 0;
    return counts.find(({ count }) => {
      below += count;
      return below >= part * all;
    })?.bound;
  };
  const words = (bound: number | undefined) =>
    bound === undefined || bound === Number.POSITIVE_INFINITY
      ? 'later than all bounds'
      : `within ${bound >= 500 ? `${bound / 1_000} s` : `${bound} ms`}`;
  const [half, most] = [words(boundOf(0.5)), words(boundOf(0.99))];
  return half === 'later than all bounds' ? `half ${half}` : `half ${half}, 99 of 100 ${most}`;
}

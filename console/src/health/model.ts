/** A minute or an hour, as the API answers it. */
export interface Bucket {
  readonly at: string;
  readonly counts: Readonly<Record<string, number>>;
}

/** Something that is not as it was, as the API answers it. */
export interface Alarm {
  readonly id: number;
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

export interface Pulse {
  readonly minutes: readonly Bucket[];
  readonly hours: readonly Bucket[];
  readonly alarms: readonly Alarm[];
  readonly series: number;
}

/** A part of one, as people read it: small ones keep two digits. */
export function shareWords(share: number): string {
  const percent = 100 * share;
  if (percent === 0) return '0%';
  if (percent < 0.01) return 'under 0.01%';
  return `${percent >= 10 ? Math.round(percent) : Number(percent.toPrecision(2))}%`;
}

/** What an alarm says, in a sentence. */
export function alarmWords(alarm: Alarm): string {
  const { kind, type, property, name, direction, usual, found } = alarm;
  const change = `${shareWords(found)}, usually ${shareWords(usual)}`;
  const less = direction === 'down' ? 'less' : 'more';
  switch (kind) {
    case 'volume':
      return `${Math.round(found)} events a minute, usually ${Math.round(usual)}`;
    case 'type':
      return found === 0
        ? `No ${type} comes any more, usually ${shareWords(usual)} of all events`
        : `${less === 'less' ? 'Fewer' : 'More'} ${type}: ${change} of all events`;
    case 'missing':
      return direction === 'up'
        ? `${property} is missing in ${type}: ${change}`
        : `${property} is there in ${type} more often than usual: missing in ${change}`;
    case 'kind':
      return `${property} of ${type} is ${name === 'other' ? 'a list or an object' : `a ${KINDS[name ?? ''] ?? name}`} ${less} often: ${change}`;
    case 'unknown':
      return `${property} of ${type} has a new value${name === undefined ? '' : `, “${name}”`}: ${change}`;
    case 'large':
    case 'small':
      return `${property} of ${type} is ${kind === 'large' ? 'larger' : 'smaller'} than usual ${less} often: ${change}`;
    case 'browser':
      return found === 0
        ? `No event comes from ${name} any more, usually ${shareWords(usual)} of people’s`
        : `${name}: ${change} of people’s events`;
    case 'rejected':
      return `${less === 'less' ? 'Fewer' : 'More'} events are refused as ${name}: ${change}`;
    default:
      return `${OTHERS[kind] ?? kind}: ${change}`;
  }
}

const KINDS: Readonly<Record<string, string>> = { string: 'text', number: 'number', boolean: 'truth value' };
const OTHERS: Readonly<Record<string, string>> = {
  duplicate: 'Events that were there already',
  conflicting: 'Events with an id that another one has',
  late: 'Events that are too late to be counted',
  bot: 'Events of bots',
  skewed: 'Events whose clock is more than ten minutes off',
};

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

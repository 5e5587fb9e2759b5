import { askKey, type SlotAsk } from '../../core/proxy/slot-ask.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { ExpiringCache } from '../../stores/cache/expiring-cache.ts';

/** Paths and kinds of paths that an isolate remembers. */
const MAX_PATHS = 5_000;
const MAX_KINDS = 500;
/** How long a page without slots passes unread before one is read again, and how long it is known which elements have any. */
const EMPTY_MS = MINUTE_MS;
/** So many different pages of a kind without any slot speak for the others. */
const ENOUGH_PAGES = 20;

/** What was found on a page. */
export interface FoundOnPage {
  readonly asks: readonly SlotAsk[];
  /** Whether there was anything to do on it. */
  readonly any: boolean;
  /** Names of the elements that said by an attribute what they are; all of them only where every element was looked at. */
  readonly tags: readonly string[];
  readonly lookedAtAll: boolean;
}

/** What to expect of a page. */
export interface ExpectedPage {
  readonly asks: readonly SlotAsk[];
  /** There is nothing to fill. */
  readonly empty: boolean;
  /** Only these elements say by an attribute what they are; nothing where that is not known, and every element is to be looked at. */
  readonly tags: readonly string[] | undefined;
}

const NOTHING: ExpectedPage = { asks: [], empty: true, tags: undefined };

/** A slot of a kind of pages; `segment`: which part of the path names its product. */
interface KindAsk {
  readonly ask: SlotAsk;
  readonly segment: number | undefined;
}

interface Kind {
  readonly asks: readonly KindAsk[];
  /** Pages in a row that had nothing. */
  readonly empty: number;
  readonly readAt: number;
  /** Elements of all of them that said what they are, and since when every element was looked at. */
  readonly tags: readonly string[];
  readonly lookedAt: number;
}

/**
 * What an isolate remembers of a shop's pages: their slots, so that these are asked for before the page has come, and that there are none, so
 * that the page passes unread.
 */
export class PageMemory {
  private readonly pages = new ExpiringCache<Pick<FoundOnPage, 'asks' | 'any'> & { readonly readAt: number }>(
    MAX_PATHS,
    {
      ttlMs: HOUR_MS,
    },
  );
  private readonly kinds = new ExpiringCache<Kind>(MAX_KINDS, { ttlMs: HOUR_MS });

  expect(host: string, path: string, now: number): ExpectedPage {
    const page = this.pages.get(`${host} ${path}`, now);
    if (page && !page.any && now - page.readAt < EMPTY_MS) return NOTHING;
    const kind = this.kinds.get(`${host} ${kindOf(path)}`, now);
    const tags = kind && now - kind.lookedAt < EMPTY_MS ? kind.tags : undefined;
    if (page) return { asks: page.asks, empty: false, tags };
    if (!kind) return { asks: [], empty: false, tags };
    if (kind.empty >= ENOUGH_PAGES && now - kind.readAt < EMPTY_MS) return NOTHING;
    return { asks: kind.asks.map((one) => askAt(one, path)), empty: false, tags };
  }

  /** Takes what a page had. */
  learn(host: string, path: string, { asks, any, tags, lookedAtAll }: FoundOnPage, now: number): void {
    const key = `${host} ${path}`;
    const isNew = this.pages.get(key, now) === undefined;
    this.pages.set(key, { asks, any, readAt: now }, now);
    const kindKey = `${host} ${kindOf(path)}`;
    const kind = this.kinds.get(kindKey, now);
    this.kinds.set(
      kindKey,
      {
        asks: any ? asks.map((ask) => kindAsk(ask, path)) : (kind?.asks ?? []),
        empty: any ? 0 : (kind?.empty ?? 0) + (isNew ? 1 : 0),
        readAt: now,
        tags: [...new Set([...(kind?.tags ?? []), ...tags])],
        lookedAt: lookedAtAll ? now : (kind?.lookedAt ?? Number.NEGATIVE_INFINITY),
      },
      now,
    );
  }
}

/** Pages that are probably made alike: by the first part of the path and how many parts there are. */
function kindOf(path: string): string {
  const [first = '', ...others] = partsOf(path);
  return others.length === 0 ? `/${first}` : `/${first}${'/*'.repeat(others.length)}`;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

function kindAsk(ask: SlotAsk, path: string): KindAsk {
  const at = ask.item === undefined ? -1 : partsOf(path).findIndex((part) => decoded(part) === ask.item);
  return { ask, segment: at < 0 ? undefined : at };
}

function askAt({ ask, segment }: KindAsk, path: string): SlotAsk {
  if (segment === undefined) return ask;
  const item = decoded(partsOf(path)[segment] ?? '');
  return { ...ask, item };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Slots without those that are asked for twice. */
export function distinctAsks(asks: readonly SlotAsk[]): SlotAsk[] {
  return [...new Map(asks.map((ask) => [askKey(ask), ask])).values()];
}

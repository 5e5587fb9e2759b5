import { askKey, type SlotAsk } from '../../core/proxy/slot-ask.ts';
import { HOUR_MS, MINUTE_MS } from '../../core/time.ts';
import { ExpiringCache } from '../../stores/cache/expiring-cache.ts';

/** Paths and kinds of paths that an isolate remembers. */
const MAX_PATHS = 5_000;
const MAX_KINDS = 500;
/** How long a page without slots passes unread before one is read again. */
const EMPTY_MS = MINUTE_MS;
/** So many different pages of a kind without any slot speak for the others. */
const ENOUGH_PAGES = 20;

/** What was found on a page. */
export interface FoundOnPage {
  readonly asks: readonly SlotAsk[];
  /** Whether there was anything to do on it. */
  readonly any: boolean;
}

/** A slot of a kind of pages; `segment`: which part of the path names its product. */
interface KindAsk {
  readonly ask: SlotAsk;
  readonly segment: number | undefined;
}

interface Kind {
  asks: readonly KindAsk[];
  /** Pages in a row that had nothing. */
  empty: number;
  readAt: number;
}

/**
 * What an isolate remembers of a shop's pages: their slots, so that these are asked for before the page has come, and that there are none, so
 * that the page passes unread.
 */
export class PageMemory {
  private readonly pages = new ExpiringCache<FoundOnPage & { readonly readAt: number }>(MAX_PATHS, { ttlMs: HOUR_MS });
  private readonly kinds = new ExpiringCache<Kind>(MAX_KINDS, { ttlMs: HOUR_MS });

  /** What to expect at a path: the slots, or `empty`, that there is nothing to fill. */
  expect(host: string, path: string, now: number): { readonly asks: readonly SlotAsk[]; readonly empty: boolean } {
    const page = this.pages.get(`${host} ${path}`, now);
    if (page) return { asks: page.asks, empty: !page.any && now - page.readAt < EMPTY_MS };
    const kind = this.kinds.get(`${host} ${kindOf(path)}`, now);
    if (!kind) return { asks: [], empty: false };
    return {
      asks: kind.asks.map((one) => askAt(one, path)),
      empty: kind.empty >= ENOUGH_PAGES && now - kind.readAt < EMPTY_MS,
    };
  }

  /** Takes what a page had. */
  learn(host: string, path: string, found: FoundOnPage, now: number): void {
    const key = `${host} ${path}`;
    const isNew = this.pages.get(key, now) === undefined;
    this.pages.set(key, { ...found, readAt: now }, now);
    const kindKey = `${host} ${kindOf(path)}`;
    const kind = this.kinds.get(kindKey, now);
    const empty = found.any ? 0 : (kind?.empty ?? 0) + (isNew ? 1 : 0);
    const asks = found.any ? found.asks.map((ask) => kindAsk(ask, path)) : (kind?.asks ?? []);
    this.kinds.set(kindKey, { asks, empty, readAt: now }, now);
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

import { guard } from './guard.ts';
import { post, stringify } from './wire.ts';

interface SlotOptions {
  /** Where Vitrine answers, without a slash at the end. */
  readonly base: string;
  /** Members of each request: the site's key, who the visitor is, what he has just done. */
  readonly said: () => object;
  readonly track: (type: string, properties: Record<string, unknown>) => void;
  /** The product that the page is about, if it has said so. */
  readonly product: () => string | undefined;
}

/** Watches a slot until it was seen. */
type Watch = (element: Element) => void;

/** Longest address that a read takes. */
const MAX_PAGE = 4_096;
/** So long a slot must be half visible to have been seen. */
const SEEN_MS = 1_000;
/** Elements that are slots. */
const SLOTS = '[data-vitrine-slot],vitrine-slot[name]';

/** Fills every slot of the page that has not been filled, here or at the edge; with `whole`, e.g. after a change of the profile, all of them. */
export function startSlots(options: SlotOptions): (whole: boolean) => void {
  const watch = watchImpressions(options.track);
  let filled = new WeakSet<Element>();
  document.addEventListener(
    'click',
    guard(({ target }) => {
      const item =
        target instanceof Element ? target.closest<HTMLElement>('[data-vitrine-slot] [data-product-id]') : null;
      const slot = item?.closest<HTMLElement>('[data-vitrine-slot]')?.dataset.vitrineSlot;
      if (slot) {
        const decision = item?.closest<HTMLElement>('[data-decision]')?.dataset.decision;
        options.track('recommendation_clicked', { slot, product_id: item?.dataset.productId, decision });
      }
    }),
    true,
  );
  return (whole) => {
    if (whole) filled = new WeakSet();
    for (const element of document.querySelectorAll<HTMLElement>(SLOTS)) {
      // What goes with a product waits for the page to say with which.
      const { strategy, item = options.product() } = element.dataset;
      if (filled.has(element) || (strategy === 'similar' && !item)) continue;
      filled.add(element);
      const slot = element.dataset.vitrineSlot ?? element.getAttribute('name') ?? '';
      element.dataset.vitrineSlot = slot;
      if (fromEdge(element)) watch(element);
      else void fill(element, slot, options, watch);
    }
  };
}

/** Whether the edge has filled it: the mark says with which tier and why, and what lies in it goes, so that it counts once. */
function fromEdge(element: HTMLElement): boolean {
  const mark = element.querySelector<HTMLElement>('template[data-vitrine-edge]');
  if (!mark) return false;
  const [tier = '', reason = ''] = mark.dataset.vitrineEdge?.split(' ') ?? [];
  mark.remove();
  tell(element, tier, reason, 0);
  return true;
}

/** Says how a slot was filled: for styles, and for scripts that come later than the event. */
function tell(element: HTMLElement, tier: string, reason: string, ms: number): void {
  Object.assign(element.dataset, { vitrineTier: tier, vitrineReason: reason, vitrineMs: ms });
  const detail = { slot: element.dataset.vitrineSlot, tier, reason, ms };
  element.dispatchEvent(new CustomEvent('vitrine:slot', { bubbles: true, detail }));
}

/** What conditions may ask of the page, and the language that it is in; nothing that would be refused. */
function place(): object {
  const { href } = location;
  const [, language, country] = /^([a-z]{2,3})(?:-([a-z]{2}))?$/i.exec(document.documentElement.lang) ?? [];
  return {
    page: href.length > MAX_PAGE ? undefined : href,
    locale: language && language.toLowerCase() + (country ? `-${country.toUpperCase()}` : ''),
  };
}

/** An element keeps its own content when nothing comes. */
async function fill(
  element: HTMLElement,
  slot: string,
  { base, said, product }: SlotOptions,
  watch: Watch,
): Promise<void> {
  const of = (name: string) => element.dataset[name] ?? element.getAttribute(name) ?? undefined;
  const [strategy, item = product(), limit] = ['strategy', 'item', 'limit'].map(of);
  const start = performance.now();
  try {
    const response = await post(
      `${base}/v/fragments/${slot}`,
      stringify({ ...said(), ...place(), strategy, item, limit }),
    );
    const html = response.ok ? await response.text() : '';
    if (html) {
      element.innerHTML = html;
      watch(element);
    }
    const tier = response.headers.get('vitrine-tier') ?? '';
    const reason = response.headers.get('vitrine-reason') ?? '';
    tell(element, tier, reason, Math.round(performance.now() - start));
  } catch {
    // No network: the page shows what it has.
  }
}

/** Tracks `recommendation_shown` once a slot's content was half visible for a second. */
function watchImpressions(track: SlotOptions['track']): Watch {
  const waiting = new WeakMap<Element, ReturnType<typeof setTimeout>>();
  const observer = new IntersectionObserver(
    guard((entries: IntersectionObserverEntry[]) => {
      for (const { isIntersecting, target } of entries) {
        clearTimeout(waiting.get(target));
        if (isIntersecting)
          waiting.set(
            target,
            setTimeout(
              guard(() => seen(target)),
              SEEN_MS,
            ),
          );
      }
    }),
    { threshold: 0.5 },
  );
  const seen = (target: Element) => {
    observer.unobserve(target);
    track('recommendation_shown', {
      slot: (target as HTMLElement).dataset.vitrineSlot,
      decision: target.querySelector<HTMLElement>('[data-decision]')?.dataset.decision,
      content: target.querySelector<HTMLElement>('[data-content]')?.dataset.content,
      products: [...target.querySelectorAll<HTMLElement>('[data-product-id]')].map(({ dataset }) => ({
        product_id: dataset.productId,
      })),
    });
  };
  return (element) => {
    clearTimeout(waiting.get(element));
    observer.unobserve(element);
    observer.observe(element);
  };
}

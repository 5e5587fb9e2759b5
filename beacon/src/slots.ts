import { guard } from './guard.ts';

interface SlotOptions {
  /** Where Vitrine answers, without a slash at the end. */
  readonly base: string;
  readonly key: string;
  readonly anonymousId: () => string;
  readonly track: (type: string, properties: Record<string, unknown>) => void;
}

/** Slots whose impression waits to be seen. */
type Shown = (slot: string, element: Element) => void;

/** Fills every `[data-vitrine-slot]` of the page; the result fills them again, e.g. after a change of the profile. */
export function startSlots(options: SlotOptions): () => void {
  const shown = watchImpressions(options.track);
  document.addEventListener(
    'click',
    guard(({ target }) => {
      const item =
        target instanceof Element ? target.closest<HTMLElement>('[data-vitrine-slot] [data-product-id]') : null;
      const slot = item?.closest<HTMLElement>('[data-vitrine-slot]')?.dataset.vitrineSlot;
      if (slot) options.track('recommendation_clicked', { slot, product_id: item?.dataset.productId });
    }),
    true,
  );
  const fillAll = () => {
    for (const element of document.querySelectorAll<HTMLElement>('[data-vitrine-slot]'))
      void fill(element, options, shown);
  };
  fillAll();
  return fillAll;
}

/** An element keeps its own content when nothing comes. */
async function fill(element: HTMLElement, { base, key, anonymousId }: SlotOptions, shown: Shown): Promise<void> {
  const { vitrineSlot: slot = '', strategy, item, limit } = element.dataset;
  const query = new URLSearchParams({ key, anonymousId: anonymousId() });
  if (strategy) query.set('strategy', strategy);
  if (item) query.set('item', item);
  if (limit) query.set('limit', limit);
  const start = performance.now();
  try {
    const response = await fetch(`${base}/v/fragments/${slot}?${query}`, { credentials: 'include' });
    const html = response.ok ? await response.text() : '';
    if (html) {
      element.innerHTML = html;
      shown(slot, element);
    }
    const tier = response.headers.get('vitrine-tier') ?? '';
    const reason = response.headers.get('vitrine-reason') ?? '';
    const ms = Math.round(performance.now() - start);
    // For styles, and for scripts that come later than the event.
    Object.assign(element.dataset, { vitrineTier: tier, vitrineReason: reason, vitrineMs: ms });
    const detail = { slot, tier, reason, ms };
    element.dispatchEvent(new CustomEvent('vitrine:slot', { bubbles: true, detail }));
  } catch {
    // No network: the page shows what it has.
  }
}

/** Tracks `recommendation_shown` once a slot's content is half visible. */
function watchImpressions(track: SlotOptions['track']): Shown {
  const observer = new IntersectionObserver(
    guard((entries: IntersectionObserverEntry[]) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        observer.unobserve(target);
        track('recommendation_shown', {
          slot: (target as HTMLElement).dataset.vitrineSlot,
          products: [...target.querySelectorAll<HTMLElement>('[data-product-id]')].map(({ dataset }) => ({
            product_id: dataset.productId,
          })),
        });
      }
    }),
    { threshold: 0.5 },
  );
  return (_slot, element) => {
    observer.unobserve(element);
    observer.observe(element);
  };
}

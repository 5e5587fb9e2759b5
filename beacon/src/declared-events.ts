import { guard } from './guard.ts';

type Track = (type: string, properties?: Record<string, unknown>) => void;

/** Tracks what the page's markup declares: `data-vitrine-view` once a page, `data-vitrine-click` at each click. */
export function trackDeclared(track: Track): void {
  for (const element of document.querySelectorAll<HTMLElement>('[data-vitrine-view]')) {
    const type = element.dataset.vitrineView;
    if (type) guard(track)(type, propertiesOf(element));
  }
  document.addEventListener(
    'click',
    guard((event) => {
      const target = event.target;
      if (!(target instanceof Element)) return;
      const element = target.closest<HTMLElement>('[data-vitrine-click]');
      const type = element?.dataset.vitrineClick;
      if (element && type) track(type, propertiesOf(element));
    }),
    true,
  );
}

/** `data-vitrine-properties`, a JSON object. */
function propertiesOf(element: HTMLElement): Record<string, unknown> | undefined {
  const text = element.dataset.vitrineProperties;
  return text ? JSON.parse(text) : undefined;
}

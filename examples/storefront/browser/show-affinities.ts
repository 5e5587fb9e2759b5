import { element } from './element.ts';
import type { Affinity } from './profile.ts';

const SHOWN = 4;

/** Affinities as bars, the strongest full; as text for those who hear the page. */
export function showAffinities(heading: string, affinities: readonly Affinity[]): Node[] {
  const strongest = affinities[0]?.score ?? 0;
  if (strongest <= 0) return [];
  const bars = affinities.slice(0, SHOWN).map(({ key, score }) => {
    const fill = element('span', { class: 'bar-fill' });
    fill.style.setProperty('--share', String(score / strongest));
    return element('li', { class: 'bar' }, [
      element('span', { class: 'bar-label', text: key }),
      element('span', { class: 'bar-track', attributes: { 'aria-hidden': 'true' } }, [fill]),
      element('span', { class: 'bar-score', text: score.toFixed(1) }),
    ]);
  });
  return [element('h4', { text: heading }), element('ul', { class: 'bars', attributes: { role: 'list' } }, bars)];
}

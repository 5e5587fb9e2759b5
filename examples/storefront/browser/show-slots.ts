import { element } from './element.ts';
import type { SlotResult } from './vitrine.ts';

const STRATEGIES: Readonly<Record<string, string>> = {
  for_you: 'For you',
  similar: 'Similar products',
  trending: 'Popular right now',
  recently_viewed: 'Recently viewed',
  bought_together: 'Bought together',
};
const LIVE_SOURCES: Readonly<Record<string, string>> = {
  for_you: 'from your profile as it is now',
  similar: 'from what is viewed together',
  trending: 'from what all visitors do',
  recently_viewed: 'from your profile as it is now',
  bought_together: 'from what is ordered together',
};
const TIERS: Readonly<Record<string, readonly [badge: string, meaning: string]>> = {
  live: ['live', 'from your profile as it is now'],
  last_known: ['last known', 'from the last profile that could be read'],
  popular: ['popular', 'from what all visitors like'],
  baseline: ['baseline', 'from the collection: nothing better is known yet'],
};
const REASONS: Readonly<Record<string, string>> = {
  live_profile: '',
  nothing_known: 'Too little is known yet for a personal choice.',
  nothing_viewed: 'You have not viewed anything yet.',
  no_model: 'The model has not been trained yet.',
  no_visitor: 'The visitor is not known.',
  profile_deadline: 'The profile took too long.',
  profile_error: 'The profile could not be read.',
  catalogue_unavailable: 'The catalogue could not be read.',
};

/** Draws, for each slot of the page, how it was served and why each product is in it. */
export function showSlots(place: Element, results: ReadonlyMap<string, SlotResult>): void {
  const slots = [...document.querySelectorAll<HTMLElement>('[data-vitrine-slot]')];
  const open = new Set([...place.querySelectorAll<HTMLElement>('details[open]')].map(({ dataset }) => dataset.slot));
  const cards = slots.map((slot) => {
    const name = slot.dataset.vitrineSlot ?? '';
    return card(slot, name, results.get(name), open.has(name));
  });
  place.replaceChildren(
    ...(cards.length > 0 ? cards : [element('p', { class: 'muted', text: 'There are none on this page.' })]),
  );
}

function card(slot: HTMLElement, name: string, result: SlotResult | undefined, open: boolean): Node {
  const tier = result?.tier ?? 'none';
  const [badge, meaning] = TIERS[tier] ?? ['waiting', 'no answer yet'];
  const reason = result?.reason ? (REASONS[result.reason] ?? `Reason: ${result.reason}.`) : '';
  const { strategy = '' } = slot.dataset;
  const source = tier === 'live' ? (LIVE_SOURCES[strategy] ?? meaning) : meaning;
  const time = result ? `, in ${Math.round(result.ms)} ms` : '';
  const sentences = [`${STRATEGIES[strategy] ?? strategy}: ${source}${time}.`, reason];
  return element('article', { class: 'slot-card', attributes: { 'aria-label': name } }, [
    element('div', { class: 'slot-card-head' }, [
      element('span', { class: 'slot-card-name', text: name }),
      element('span', { class: 'tier', text: badge, attributes: { 'data-tier': tier } }),
    ]),
    element('p', { class: 'slot-card-why', text: sentences.join(' ').trim() }),
    ...reasons(slot, name, open),
  ]);
}

function reasons(slot: HTMLElement, name: string, open: boolean): Node[] {
  const rows = [...slot.querySelectorAll<HTMLElement>('.vitrine-item')].map((item) => {
    const text = (selector: string) => item.querySelector(selector)?.textContent ?? '';
    const picture = item.querySelector('img')?.getAttribute('src') ?? '';
    return element('li', {}, [
      element('img', { attributes: { src: picture, alt: '', width: '32', height: '40' } }),
      element('div', { text: text('.vitrine-title') }, [element('span', { text: text('.vitrine-reason') })]),
    ]);
  });
  if (rows.length === 0) return [];
  const summary = element('summary', { text: `Why these ${rows.length}` });
  const details = element('details', { attributes: { 'data-slot': name } }, [
    summary,
    element('ul', { class: 'reasons', attributes: { role: 'list' } }, rows),
  ]);
  details.open = open;
  return [details];
}

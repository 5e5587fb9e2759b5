import { element } from './element.ts';
import { productRow } from './product-row.ts';
import { productTile } from './product-tile.ts';
import type { Profile } from './profile.ts';
import { showAffinities } from './show-affinities.ts';

const RECENT_SHOWN = 6;
const TYPE_NAMES: Readonly<Record<string, string>> = { view: 'viewed', cart: 'put in the bag', order: 'ordered' };

/** Draws a profile into `place`. `titles`: the products' titles by id. */
export function showProfile(place: Element, profile: Profile, titles: Readonly<Record<string, string>>): void {
  const { counts, recentItems, affinities, cart, orders } = profile;
  const events = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const title = (id: string) => titles[id] ?? id;
  place.replaceChildren(
    facts([
      ['Events', events],
      [profile.sessions === 1 ? 'Session' : 'Sessions', profile.sessions],
      [orders.length === 1 ? 'Order' : 'Orders', orders.length],
    ]),
    ...showAffinities('Departments you lean to', affinities.category),
    ...showAffinities('Makers you lean to', affinities.brand),
    ...strip(
      'Last looked at',
      recentItems
        .slice(0, RECENT_SHOWN)
        .map(({ id, type }) => productTile(id, `${title(id)}, ${TYPE_NAMES[type] ?? type}`)),
    ),
    ...list(
      'In your bag',
      cart.map(({ id, quantity }) => productRow(id, title(id), `× ${quantity}`)),
    ),
    ...list(
      'Ordered',
      orders.flatMap(({ items }) => items).map((id) => productRow(id, title(id), '')),
    ),
    ...eventCounts(counts),
  );
}

function facts(rows: readonly (readonly [label: string, value: number])[]): Node {
  return element(
    'dl',
    { class: 'facts-row' },
    rows.map(([label, value]) =>
      element('div', {}, [element('dt', { text: label }), element('dd', { text: String(value) })]),
    ),
  );
}

function list(heading: string, rows: readonly Node[]): Node[] {
  if (rows.length === 0) return [];
  return [element('h4', { text: heading }), element('ul', { class: 'thumbs', attributes: { role: 'list' } }, rows)];
}

function strip(heading: string, tiles: readonly Node[]): Node[] {
  if (tiles.length === 0) return [];
  return [element('h4', { text: heading }), element('ul', { class: 'strip', attributes: { role: 'list' } }, tiles)];
}

function eventCounts(counts: Readonly<Record<string, number>>): Node[] {
  const chips = Object.entries(counts)
    .sort(([, a], [, b]) => b - a)
    .map(([type, count]) =>
      element('li', { text: `${type.replaceAll('_', ' ')} ` }, [element('b', { text: String(count) })]),
    );
  if (chips.length === 0) return [];
  return [
    element('h4', { text: 'Events by type' }),
    element('ul', { class: 'counts', attributes: { role: 'list' } }, chips),
  ];
}

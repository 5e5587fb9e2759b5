import { element } from './element.ts';

/** A product as one line: tiny picture, title, a note at its end. Links to its page. */
export function productRow(id: string, title: string, note: string): HTMLLIElement {
  const path = encodeURIComponent(id);
  const link = element('a', { attributes: { href: `/p/${path}` } }, [
    element('img', { attributes: { src: `/pictures/${path}.svg`, alt: '', width: '40', height: '50' } }),
    element('span', { class: 'thumb-title', text: title }),
    element('span', { class: 'thumb-note', text: note }),
  ]);
  return element('li', { class: 'thumb' }, [link]);
}

import { element } from './element.ts';

/** A product as a tiny picture that links to its page; `name` is what is heard, and shown by the pointer. */
export function productTile(id: string, name: string): HTMLLIElement {
  const path = encodeURIComponent(id);
  const picture = element('img', {
    attributes: { src: `/pictures/${path}.svg`, alt: name, width: '48', height: '60' },
  });
  return element('li', {}, [element('a', { attributes: { href: `/p/${path}`, title: name } }, [picture])]);
}

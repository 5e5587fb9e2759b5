import type { Item } from './item.ts';

const MAX_WORDS = 64;

/** The words of a text, as the catalogue's index has them: letters and digits, in lower case, without marks. */
export function wordsOf(text: string): string[] {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .slice(0, MAX_WORDS);
}

/** What a product is found by. */
export function searchText({ id, title, brand = '', category = '' }: Item): string {
  return wordsOf([title, brand, category, id].join(' ')).join(' ');
}

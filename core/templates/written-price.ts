import type { Money } from '../catalog/item.ts';

/** To write a price takes longer than to find it; a shop has few of them, in few languages. */
const formats = new Map<string, Intl.NumberFormat>();
const MAX_FORMATS = 500;
const written = new Map<string, string>();
const MAX_WRITTEN = 5_000;

/** A price as people read it in a language, e.g. "€19.99"; `locale` as "de" or "de-AT", else English. */
export function writtenPrice({ amount, currency }: Money, locale = 'en'): string {
  const key = `${locale} ${currency} ${amount}`;
  const known = written.get(key);
  if (known !== undefined) return known;
  if (written.size >= MAX_WRITTEN) written.clear();
  const text = formatOf(locale, currency).format(amount);
  written.set(key, text);
  return text;
}

function formatOf(locale: string, currency: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  const known = formats.get(key);
  if (known) return known;
  if (formats.size >= MAX_FORMATS) formats.clear();
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  formats.set(key, format);
  return format;
}

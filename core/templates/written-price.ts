import type { Money } from '../catalog/item.ts';

/** Making a format takes longer than formatting; languages and currencies of shops are few. */
const formats = new Map<string, Intl.NumberFormat>();
const MAX_FORMATS = 500;

/** A price as people read it in a language, e.g. "€19.99"; `locale` as "de" or "de-AT", else English. */
export function writtenPrice({ amount, currency }: Money, locale = 'en'): string {
  const key = `${locale} ${currency}`;
  let format = formats.get(key);
  if (!format) {
    if (formats.size >= MAX_FORMATS) formats.clear();
    format = new Intl.NumberFormat(locale, { style: 'currency', currency });
    formats.set(key, format);
  }
  return format.format(amount);
}

/** What a field's value is read as, and a word on it where that is not what was sent; nothing when it has no usable value. */
export type FieldRead = { readonly value: unknown; readonly note?: string } | undefined;

/** Reads the value of a field; pure, and never throws. */
export type FieldReader = (value: unknown) => FieldRead;

const TEXT_LENGTH = 1_024;
const URL_LENGTH = 4_096;
const ID_LENGTH = 256;
/** No shop's price or total: a bound that keeps sums of them exact to the cent. */
const MAX_AMOUNT = 1e12;
const MAX_QUANTITY = 1_000_000;
const CURRENCIES: ReadonlySet<string> = new Set(Intl.supportedValuesOf('currency'));
const SYMBOLS: Readonly<Record<string, string>> = {
  '€': 'EUR',
  '£': 'GBP',
  '₹': 'INR',
  '₩': 'KRW',
  '₺': 'TRY',
  '₽': 'RUB',
  '₴': 'UAH',
  '₪': 'ILS',
};

/** A text, cut at its length; numbers and truth values as text. */
const textUpTo =
  (length: number): FieldReader =>
  (value) => {
    if (typeof value === 'string') {
      if (value.length <= length) return value.trim() === '' ? undefined : { value };
      return { value: value.slice(0, length).toWellFormed(), note: `cut at ${length} characters` };
    }
    return typeof value === 'number' || typeof value === 'boolean'
      ? { value: String(value), note: 'read as text' }
      : undefined;
  };
export const text = textUpTo(TEXT_LENGTH);
export const url = textUpTo(URL_LENGTH);

/** The id of a product or an order: a text, or a whole number whose digits are all there. */
export const id: FieldReader = (value) => {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? { value: String(value) } : undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > ID_LENGTH) return undefined;
  return /^(undefined|null|nan|\[object \w+\])$/i.test(value) ? undefined : { value };
};

/** An amount of money: a number, or a text as people write it ("19,99", "1.299,00 €"). */
const amountFrom =
  (least: number): FieldReader =>
  (value) => {
    const said = typeof value === 'string' ? amountIn(value) : value;
    if (typeof said !== 'number' || !(said >= least && said <= MAX_AMOUNT)) return undefined;
    return typeof value === 'string'
      ? { value: said, note: `"${value.slice(0, 32)}" read as ${said}` }
      : { value: said };
  };
export const price = amountFrom(0);
export const total = amountFrom(-MAX_AMOUNT);

/**
 * The number that a written amount means, with a currency before or behind it. One point or comma is the decimal sign, but for a comma before
 * exactly three digits ("1,299"); what parts groups of three digits is none.
 */
function amountIn(written: string): number | undefined {
  const found = /^[^\d,.-]{0,4}(-?\d[\d.,'’\s]*)[^\d,.-]{0,4}$/u.exec(written.trim());
  const digits = found?.[1]?.replace(/['’\s]/g, '') ?? '';
  const grouped = /^(-?\d{1,3})(?:,\d{3})+(\.\d+)?$|^(-?\d{1,3})(?:\.\d{3})+(?:(,\d+)|(?<=\..*\.\d{3}))$/.test(digits);
  const decimal = digits.includes('.') && digits.lastIndexOf('.') > digits.lastIndexOf(',') ? '.' : ',';
  if (grouped && decimal === '.' && !digits.includes(',')) return Number(digits.replaceAll('.', ''));
  if (grouped && decimal === ',' && !digits.includes('.')) return Number(digits.replaceAll(',', ''));
  if (grouped) return Number(digits.replaceAll(decimal === '.' ? ',' : '.', '').replace(',', '.'));
  return /^-?\d+([.,]\d+)?$/.test(digits) ? Number(digits.replace(',', '.')) : undefined;
}

/** An ISO 4217 code, in any case, or a sign that means one only. */
export const currency: FieldReader = (value) => {
  if (typeof value !== 'string') return undefined;
  const code = SYMBOLS[value.trim()] ?? value.trim().toUpperCase();
  if (!CURRENCIES.has(code)) return undefined;
  return code === value ? { value } : { value: code, note: `"${value.slice(0, 8)}" read as ${code}` };
};

/** How many: a whole number from one on. */
export const quantity: FieldReader = (value) => {
  const said = typeof value === 'string' && /^\s*\d+([.,]0+)?\s*$/.test(value) ? Number.parseInt(value, 10) : value;
  if (!Number.isInteger(said) || (said as number) < 1 || (said as number) > MAX_QUANTITY) return undefined;
  return said === value ? { value } : { value: said, note: 'read as a number' };
};

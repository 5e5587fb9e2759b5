/** A price as the reader's browser writes it; nothing for none. */
export function moneyWords(money: { readonly amount: number; readonly currency: string } | undefined): string {
  if (!money) return '';
  return new Intl.NumberFormat(undefined, { style: 'currency', currency: money.currency }).format(money.amount);
}

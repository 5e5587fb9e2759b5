const EUROS = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });

/** Euros as the shop writes them, e.g. `€89.00`. */
export function formatPrice(amount: number): string {
  return EUROS.format(amount);
}

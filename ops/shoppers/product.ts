/** What a shopper sees of a product. */
export interface ShopProduct {
  readonly id: string;
  readonly title: string;
  readonly category: string;
  readonly brand: string;
  /** The taste it speaks to, e.g. `classic`. */
  readonly style: string;
  readonly price: { readonly amount: number; readonly currency: string };
  readonly available: boolean;
}

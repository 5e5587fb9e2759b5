/** A banner or text as it is shown, in one language. */
export interface ShownContent {
  readonly name: string;
  readonly title?: string;
  readonly text?: string;
  readonly image?: string;
  readonly url?: string;
}

/** A piece of cloth, leather or metal in a picture. x = 0 is the middle, y runs from 0 to 750. */
export interface Part {
  /** The outline, as an SVG path. */
  readonly path: string;
  /** −1 (much darker) to 1 (much lighter) than the product's colour. */
  readonly tone?: number;
  /** A colour of its own in place of the product's. */
  readonly fill?: string;
  /** Paths of folds: soft shadows inside the outline. */
  readonly folds?: string;
  /** Without the product's pattern. */
  readonly plain?: boolean;
  /** Thin lines that lie on this part: seams, ribs. */
  readonly seams?: string;
  /** Dots that lie on this part: `[x, y, radius]`. */
  readonly buttons?: readonly (readonly [number, number, number])[];
}

/** What a silhouette is made of, from back to front. */
export interface Drawing {
  readonly parts: readonly Part[];
  /** Where it touches the ground or the wall: middle and half width of its shadow, `[x, y, radius]`. */
  readonly shadow?: readonly [number, number, number];
}

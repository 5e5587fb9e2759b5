/** How large a catalogue is. */
export interface CatalogSize {
  readonly items: number;
  /** Those that may be shown. */
  readonly shown: number;
}

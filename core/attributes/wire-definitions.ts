/** What a site has defined, as text on its way to who counts. Equal definitions have equal versions. */
export interface WireDefinitions {
  readonly version: string;
  /** As `parseDefinitions` of core/segments reads it. */
  readonly text: string;
  /** When the store said so last, ms since 1970. */
  readonly confirmedAt: number;
}

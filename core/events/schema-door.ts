/** What an event is not, by the schema of its type. */
export interface SchemaViolation {
  /** What is wrong, where: `properties.total: expected number, but it is string; …`. */
  readonly message: string;
  /** The version of the schema that says so. */
  readonly version: number;
  /** Whether the event comes in all the same, and is only counted. */
  readonly isWatched: boolean;
}

/** The schemas of a site that events must keep to when they come in. */
export interface SchemaDoor {
  check(type: string, properties: Readonly<Record<string, unknown>>): SchemaViolation | undefined;
}

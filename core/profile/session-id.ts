/** The id of a session in the index: what the ids of its profile's sessions begin with, and when it began, ms since 1970. */
export function sessionId(prefix: string, start: number): string {
  return `${prefix}${start.toString(36)}`;
}

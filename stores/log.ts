/** Writes one structured line for `wrangler tail`. Never pass a body, a key or a cookie. */
export function log(event: string, fields: Record<string, string | number | boolean | undefined | null>): void {
  console.log(JSON.stringify({ event, ...fields }));
}

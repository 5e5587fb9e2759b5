/** JSON as the language means it, also on pages whose libraries gave arrays a `toJSON` of their own. */
export function stringify(value: unknown): string {
  const prototype = Array.prototype as { toJSON?: unknown };
  const { toJSON } = prototype;
  if (!toJSON) return JSON.stringify(value);
  delete prototype.toJSON;
  try {
    return JSON.stringify(value);
  } finally {
    prototype.toJSON = toJSON;
  }
}

/**
 * Posts a text with the page's cookies, as a request that needs no preflight and outlives the page. Nothing that a library hung onto all
 * objects counts as an option.
 */
export function post(url: string, body: string): Promise<Response> {
  const options = { __proto__: null, method: 'POST', body, keepalive: true, credentials: 'include' } as const;
  return fetch(url, options);
}

/** Whether a key of this SHA-256, hex, is one of who runs this Vitrine. */
export async function isOperatorKey(env: Env, hash: string): Promise<boolean> {
  return (await env.DB.prepare('SELECT 1 FROM operator_keys WHERE hash = ?').bind(hash).first()) !== null;
}

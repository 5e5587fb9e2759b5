import type { D1Database } from '@cloudflare/workers-types';
import { z } from 'zod';
import { seedSite } from '../site/seed-site.ts';

/** The keys of the local demo. They open nothing but the state on this machine. */
export const DEMO = { id: 'demo', writeKey: 'wk_demo_local', secretKey: 'sk_demo_local' } as const;

const knownSchema = z.object({
  name: z.string(),
  origins: z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text))),
});

/** Makes the demo's site in a local D1; `shopUrl` is the origin whose pages may call it. What `npm run site` set of it stays. */
export async function makeDemoSite(db: D1Database, shopUrl: string, more: readonly string[] = []): Promise<void> {
  const port = new URL(shopUrl).port;
  const row = await db.prepare('SELECT name, origins FROM sites WHERE id = ?').bind(DEMO.id).first();
  const known = row ? knownSchema.parse(row) : { name: 'Demo shop', origins: [] };
  const origins = [...new Set([...known.origins, `http://localhost:${port}`, `http://127.0.0.1:${port}`, ...more])];
  await seedSite(db, { ...DEMO, name: known.name, origins });
}

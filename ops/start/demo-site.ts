import type { D1Database } from '@cloudflare/workers-types';
import { seedSite } from '../runtime/seed-site.ts';

/** The keys of the local demo. They open nothing but the state on this machine. */
export const DEMO = { id: 'demo', writeKey: 'wk_demo_local', secretKey: 'sk_demo_local' } as const;

/** Makes the demo's site in a local D1; `shopUrl` is the origin whose pages may call it. */
export async function makeDemoSite(db: D1Database, shopUrl: string): Promise<void> {
  const port = new URL(shopUrl).port;
  const origins = [`http://localhost:${port}`, `http://127.0.0.1:${port}`];
  await seedSite(db, { ...DEMO, name: 'Demo shop', origins });
}

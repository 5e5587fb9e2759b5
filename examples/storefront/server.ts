import { once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import { createStorefront } from './app.ts';
import type { VitrineAccess } from './pages/layout.ts';

/** Where the shop listens and whom it asks. */
export interface StorefrontOptions extends VitrineAccess {
  /** 0 picks a free one. */
  readonly port: number;
  /** Address to listen on. Default: 127.0.0.1. */
  readonly host?: string;
}

/** A running shop. */
export interface Storefront {
  /** Without a slash at its end. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the demo shop.
 *
 * @example
 * const shop = await startStorefront({ port: 8788, vitrineUrl: 'http://localhost:8787', writeKey: 'wk_demo_local' });
 * await shop.stop();
 */
export async function startStorefront({
  port,
  host = '127.0.0.1',
  ...vitrine
}: StorefrontOptions): Promise<Storefront> {
  const app = createStorefront(vitrine);
  await Promise.all([app.request('/style.css'), app.request('/shop.js')]);
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the shop listens on no port');
  return {
    url: `http://localhost:${address.port}`,
    stop: async () => {
      const closed = once(server, 'close');
      server.close();
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

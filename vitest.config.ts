import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { unstable_readConfig as readConfig } from 'wrangler';
import { buildBeacon } from './ops/build-beacon.ts';
import { buildConsole } from './ops/build-console.ts';

await Promise.all([buildBeacon(), buildConsole()]);

export default defineConfig({
  test: {
    projects: [
      {
        // Pure decisions: plain Node, no platform.
        test: { name: 'unit', include: ['**/*.unit.test.ts'], exclude: ['**/node_modules/**'], isolate: false },
      },
      {
        // The Worker, its objects and queues in real workerd.
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                TEST_MIGRATIONS: await readD1Migrations('./migrations'),
                TEST_QUEUES: (readConfig({ config: './wrangler.toml' }).queues.consumers ?? []).map(
                  (consumer: { readonly queue: string }) => consumer.queue,
                ),
              },
              queueConsumers: {
                'vitrine-events': { maxBatchTimeout: 0.05, maxRetries: 20, deadLetterQueue: 'vitrine-events-dead' },
                'vitrine-events-dead': { maxBatchTimeout: 0.05, maxRetries: 20 },
              },
            },
          }),
        ],
        test: {
          name: 'workers',
          include: ['**/*.integration.test.ts'],
          setupFiles: ['./test/workers/apply-migrations.ts'],
          exclude: ['**/node_modules/**'],
        },
      },
      {
        // Whole stack from outside: processes, HTTP, a real browser.
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
});

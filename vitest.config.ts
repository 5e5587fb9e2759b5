import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { cloudflareTest, readD1Migrations } from '@cloudflare/vitest-pool-workers';
import { defineConfig } from 'vitest/config';
import { unstable_readConfig as readConfig } from 'wrangler';
import { buildBeacon } from './ops/build-beacon.ts';
import { buildConsole } from './ops/build-console.ts';

// A machine of two cores would run one file at a time.
const maxWorkers = Math.max(2, availableParallelism() - 1);

// What the Worker imports and is many files: each is one module to the test files, which all load theirs anew.
// An entry point that is left out would be another copy of its library.
const LIBRARIES = [
  'zod',
  'zod-openapi',
  'hono',
  'hono/html',
  'hono/route',
  '@marcbachmann/cel-js',
  '@bufbuild/protobuf',
  '@bufbuild/protobuf/wkt',
  '@bufbuild/protobuf/codegenv2',
  'jose',
  'entities',
  'hyparquet',
  'hyparquet-writer',
];

const COMMANDS = ['alerts', 'deploy', 'site', 'collect', 'schemas', 'servers', 'webhooks'].map(
  (name) => `test/e2e/${name}.e2e.test.ts`,
);
const FROM_OUTSIDE = { globalSetup: ['test/e2e/build-once.ts'], testTimeout: 300_000, hookTimeout: 120_000 };

await Promise.all([buildBeacon(), buildConsole()]);

export default defineConfig({
  test: {
    projects: [
      {
        // Pure decisions: plain Node, no platform.
        test: {
          name: 'unit',
          include: ['**/*.unit.test.ts'],
          exclude: ['**/node_modules/**'],
          isolate: false,
          maxWorkers,
          // A slow machine fails nothing, and a long search takes as long as it was asked to.
          testTimeout: process.env.VITRINE_RUNS === undefined ? 60_000 : 3_600_000,
        },
      },
      {
        // The Worker, its objects and queues in real workerd.
        plugins: [
          cloudflareTest({
            wrangler: { configPath: './wrangler.toml' },
            miniflare: {
              bindings: {
                // One batch in place of one each: every test file starts from an empty database.
                TEST_MIGRATIONS: [
                  { name: 'all', queries: (await readD1Migrations('./migrations')).flatMap(({ queries }) => queries) },
                ],
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
        resolve: {
          // What reads Iceberg tables brings codecs in WebAssembly, which workerd does not compile at run time; the lake's files need none of them.
          alias: { 'hyparquet-compressors': fileURLToPath(new URL('./test/workers/no-codecs.ts', import.meta.url)) },
        },
        test: {
          name: 'workers',
          maxWorkers,
          testTimeout: 60_000,
          deps: { optimizer: { ssr: { enabled: true, include: LIBRARIES } } },
          include: ['**/*.integration.test.ts'],
          setupFiles: ['./test/workers/apply-migrations.ts'],
          exclude: ['**/node_modules/**'],
        },
      },
      {
        // Of the whole stack from outside those that wait for commands and answers more than they work: beside the Worker's tests.
        test: { ...FROM_OUTSIDE, name: 'commands', include: COMMANDS, maxWorkers },
      },
      {
        // Whole stack from outside: processes, HTTP, a real browser.
        test: {
          ...FROM_OUTSIDE,
          name: 'e2e',
          include: ['test/**/*.e2e.test.ts'],
          exclude: ['**/node_modules/**', ...COMMANDS],
          fileParallelism: false,
        },
      },
    ],
  },
});

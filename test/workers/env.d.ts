declare namespace Cloudflare {
  interface Env {
    /** The D1 migrations of the project, read by `vitest.config.ts`. */
    TEST_MIGRATIONS: import('cloudflare:test').D1Migration[];
    /** Queues that `wrangler.toml` says are consumed. */
    TEST_QUEUES: string[];
  }
}

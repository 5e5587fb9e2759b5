import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { compactedSchema, manifestSchema, tableSchema } from '../../workers/api/lake/operation.ts';

/** A site's lake behind a running Vitrine. */
export interface LakeApi {
  manifest(): Promise<z.infer<typeof manifestSchema>>;
  /** Compacts until nothing is left. */
  compact(): Promise<{ readonly objects: number; readonly events: number }>;
  table(): Promise<z.infer<typeof tableSchema>>;
  download(key: string): Promise<Uint8Array>;
}

/** What a command needs to reach a site: where Vitrine runs, and the site's secret key. */
export interface Access {
  readonly url: string;
  readonly key: string;
}

/** Speaks with `/api/lake`. Errors say what the server answered. */
export function lakeApi(access: Access): LakeApi {
  return {
    manifest: async () => manifestSchema.parse(await (await call(access, '/api/lake/manifest')).json()),
    compact: async () => {
      const sum = { objects: 0, events: 0 };
      for (;;) {
        const answer = await call(access, '/api/lake/compact', { method: 'POST' });
        const { done, objects, events } = compactedSchema.parse(await answer.json());
        sum.objects += objects;
        sum.events += events;
        if (done) return sum;
      }
    },
    table: async () => tableSchema.parse(await (await call(access, '/api/lake/table')).json()),
    download: async (key) => new Uint8Array(await (await call(access, `/api/lake/objects/${key}`)).arrayBuffer()),
  };
}

/** How often a request is sent again that the server cannot take just now. */
const TRIES = 10;

/** A request with the secret key, again after a while where the server says so (503); an answer that is no success is an error that says why. */
export async function call({ url, key }: Access, path: string, init: RequestInit = {}): Promise<Response> {
  const target = `${url.replace(/\/$/, '')}${path}`;
  const headers = { authorization: `Bearer ${key}`, ...init.headers };
  for (let tried = 1; ; tried += 1) {
    const response = await fetch(target, { ...init, headers }).catch((error: Error) => {
      const why = String(error.cause ?? error);
      throw new Error(`nothing answers at ${url} (${why}): run "npm start" first, or give --url`);
    });
    if (response.ok) return response;
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    if (response.status === 503 && seconds >= 0 && tried < TRIES) {
      await sleep(seconds * 1_000);
      continue;
    }
    const problem = z.object({ detail: z.string() }).safeParse(await response.json().catch(() => undefined));
    throw new Error(
      `${init.method ?? 'GET'} ${path}: ${response.status} ${problem.data?.detail ?? response.statusText}`,
    );
  }
}

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { z } from 'zod';
import { startVitrine } from '../../ops/runtime/start-vitrine.ts';
import { seedSite } from '../../ops/site/seed-site.ts';
import { bytesOf, hostileBodies } from '../material/hostile-bodies.ts';
import { type OperationWithBody, operationsWithBodies } from '../material/operations-with-bodies.ts';

/** Requests under way at once. */
const AT_ONCE = 16;

const problemSchema = z.object({ code: z.string(), detail: z.string() });

/** What came of the bodies at one operation. */
export interface Answered extends Pick<OperationWithBody, 'method' | 'path'> {
  readonly sent: number;
  /** Answers by status. */
  readonly statuses: Readonly<Record<string, number>>;
  /** Answers of 500 and more, undocumented ones and refusals without a reason; at most three are shown. */
  readonly faults: number;
  readonly examples: readonly string[];
}

/**
 * Sends `count` generated bodies over all documented operations that take one, to the real stack, as the site's own server: each is to be
 * taken, or refused with a documented status and a reason. With `only` to those operations whose path has it.
 */
export async function runBodies(options: {
  readonly seed: number;
  readonly count: number;
  readonly only?: string | undefined;
}): Promise<Answered[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-bodies-'));
  const vitrine = await startVitrine({ stateDir: folder, log: () => undefined });
  try {
    const document = await (await fetch(`${vitrine.url}/openapi.json`)).json();
    const operations = operationsWithBodies(document).filter(({ path }) => path.includes(options.only ?? ''));
    if (operations.length === 0) throw new Error(`no operation with a body has "${options.only}" in its path`);
    const answered: Answered[] = [];
    const share = Math.ceil(options.count / operations.length);
    for (const [index, operation] of operations.entries()) {
      // A site each: what one operation sets must not close the way for the next.
      const id = `bodies-${index}`;
      const site = { id, name: id, origins: [], writeKey: `wk_${id}`, secretKey: `sk_${id}` };
      await seedSite(await vitrine.getD1('DB'), site);
      answered.push(await sendBodies(vitrine.url, site.secretKey, operation, share, options.seed + index));
    }
    return answered;
  } finally {
    await vitrine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function sendBodies(
  url: string,
  key: string,
  { method, path, documented }: OperationWithBody,
  count: number,
  seed: number,
): Promise<Answered> {
  const bodies = fc.sample(hostileBodies, { numRuns: count, seed });
  const statuses: Record<string, number> = {};
  const examples: string[] = [];
  let faults = 0;
  let next = 0;
  const target = `${url}${path}`;
  const sendOne = async () => {
    for (let body = bodies[next++]; body; body = bodies[next++]) {
      const { bytes, headers } = await bytesOf(body);
      const response = await fetch(target, {
        method,
        headers: { ...headers, authorization: `Bearer ${key}` },
        body: bytes,
      });
      const text = await response.text();
      statuses[response.status] = (statuses[response.status] ?? 0) + 1;
      const known = documented.includes(String(response.status)) || documented.includes('default');
      if (response.status < 500 && known && (response.status < 300 || problemSchema.safeParse(jsonOf(text)).success))
        continue;
      faults += 1;
      if (examples.length < 3)
        examples.push(`${response.status} ${text.slice(0, 200)} for ${JSON.stringify(body).slice(0, 300)}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, sendOne));
  return { method, path, sent: bodies.length, statuses, faults, examples };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

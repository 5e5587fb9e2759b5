/**
 * `npm run beacon`: bundles `beacon/src/script-tag.ts` into `workers/edge/beacon/asset.generated.ts`, which the Worker serves, and prints its size.
 * Fails above the budget.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/** What the beacon may weigh on the wire. */
const BEACON_BUDGET_BYTES = 3_072;
const ENTRY = fileURLToPath(new URL('../beacon/src/script-tag.ts', import.meta.url));
const ASSET = fileURLToPath(new URL('../workers/edge/beacon/asset.generated.ts', import.meta.url));

/** Bundles the beacon and writes the Worker's asset when it has changed. Returns its size in bytes, gzipped. */
export async function buildBeacon(): Promise<number> {
  const { outputFiles } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2020',
    charset: 'utf8',
    write: false,
    legalComments: 'none',
  });
  const source = outputFiles[0]?.text ?? '';
  const gzipBytes = gzipSync(source, { level: 9 }).byteLength;
  if (gzipBytes > BEACON_BUDGET_BYTES) {
    throw new Error(`the beacon has ${gzipBytes} bytes gzipped; ${BEACON_BUDGET_BYTES} are allowed`);
  }
  const sha256 = createHash('sha256').update(source).digest('hex');
  const integrity = `sha384-${createHash('sha384').update(source).digest('base64')}`;
  const text = `// Written by ops/build-beacon.ts.\nexport const BEACON = ${JSON.stringify({ hash: sha256.slice(0, 16), integrity, source })} as const;\n`;
  if ((await readFile(ASSET, 'utf8').catch(() => '')) !== text) await writeFile(ASSET, text);
  return gzipBytes;
}

if (import.meta.main) {
  console.log(`beacon: ${await buildBeacon()} bytes gzipped, of ${BEACON_BUDGET_BYTES}`);
}

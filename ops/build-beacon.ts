/**
 * Bundles `beacon/src/script-tag.ts`, `page.ts` and `debug/panel.ts` into `workers/edge/beacon/assets.generated.ts`, which the Worker serves. Fails above the
 * budgets.
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

/**
 * What the beacon's files may weigh on the wire, gzipped: the core, which loads the second one, `page`, by itself, and the debugger, which only
 * who has a link loads.
 */
export const BEACON_BUDGETS = { core: 3_072, page: 3_072, debug: 6_144 } as const;
/** Names of members that stay inside of the core. */
const INNER_NAMES =
  /^(names|peek|notify|leave|keepToken|token|decide|user|awaitsConsent|followsRouting|readsDataLayer|pushed)$/;
const source = (file: string) => fileURLToPath(new URL(`../beacon/src/${file}`, import.meta.url));
const ASSETS = fileURLToPath(new URL('../workers/edge/beacon/assets.generated.ts', import.meta.url));

/** A file of the beacon as it is served. */
interface Asset {
  /** Of its text; stands in the address that holds for good. */
  readonly hash: string;
  /** For Subresource Integrity. */
  readonly integrity: string;
  readonly source: string;
  readonly gzipBytes: number;
}

/** Bundles the beacon's files and writes the Worker's assets when they have changed. Returns their sizes in bytes, gzipped. */
export async function buildBeacon(): Promise<Readonly<Record<'core' | 'page' | 'debug', number>>> {
  const page = await bundle('page.ts', 'esm', {});
  const debug = await bundle('debug/panel.ts', 'esm', {});
  const core = await bundle('script-tag.ts', 'iife', { PAGE_PATH: JSON.stringify(`/v/beacon-page.${page.hash}.js`) });
  for (const [name, { gzipBytes }] of Object.entries({ core, page, debug })) {
    const budget = BEACON_BUDGETS[name as keyof typeof BEACON_BUDGETS];
    if (gzipBytes > budget)
      throw new Error(`the beacon's ${name} has ${gzipBytes} bytes gzipped; ${budget} are allowed`);
  }
  const served = ({ hash, integrity, source }: Asset) => JSON.stringify({ hash, integrity, source });
  const text = `// Written by ops/build-beacon.ts.
export const BEACON = ${served(core)} as const;
export const BEACON_PAGE = ${served(page)} as const;
export const BEACON_DEBUG = ${served(debug)} as const;
`;
  if ((await readFile(ASSETS, 'utf8').catch(() => '')) !== text) await writeFile(ASSETS, text);
  return { core: core.gzipBytes, page: page.gzipBytes, debug: debug.gzipBytes };
}

async function bundle(file: string, format: 'iife' | 'esm', define: Record<string, string>): Promise<Asset> {
  const { outputFiles } = await build({
    entryPoints: [source(file)],
    bundle: true,
    minify: true,
    format,
    define,
    ...(format === 'iife' && { mangleProps: INNER_NAMES }),
    // A module is strict anyway, and the core needs no word for it.
    tsconfigRaw: { compilerOptions: {} },
    target: 'es2022',
    charset: 'utf8',
    write: false,
    legalComments: 'none',
  });
  const text = outputFiles[0]?.text ?? '';
  return {
    hash: createHash('sha256').update(text).digest('hex').slice(0, 16),
    integrity: `sha384-${createHash('sha384').update(text).digest('base64')}`,
    source: text,
    gzipBytes: gzipSync(text, { level: 9 }).byteLength,
  };
}

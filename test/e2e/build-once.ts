import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { BUILT_BUNDLE, BUILT_FROM, buildBundle } from '../../ops/runtime/build-bundle.ts';

/** Builds the Worker once for all files that start it. */
export default async function setup(): Promise<(() => void) | undefined> {
  // Another project of the tests has it built already.
  if (process.env[BUILT_BUNDLE]) return undefined;
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-bundle-'));
  const config = path.resolve(import.meta.dirname, '../../wrangler.toml');
  await buildBundle(config, folder);
  process.env[BUILT_BUNDLE] = folder;
  process.env[BUILT_FROM] = config;
  return () => rmSync(folder, { recursive: true, force: true });
}

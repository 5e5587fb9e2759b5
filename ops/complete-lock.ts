import { readFile, writeFile } from 'node:fs/promises';

/**
 * Adds to the lock files the optional packages of other platforms that npm left out because the registry it asked did not
 * have them: without an entry `npm ci` calls the lock file out of sync, on every platform. Takes out download addresses, which name
 * whatever registry was asked. `npm run lock`, after `npm install`.
 */
interface LockedPackage {
  version?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  os?: string[];
  cpu?: string[];
  optionalDependencies?: Record<string, string>;
}

const SYSTEMS: Record<string, string> = { windows: 'win32' };
const LOCKS = ['../package-lock.json', '../test/clickhouse/package-lock.json'];

for (const name of LOCKS) await complete(new URL(name, import.meta.url));

async function complete(path: URL): Promise<void> {
  const lock: { packages: Record<string, LockedPackage> } = JSON.parse(await readFile(path, 'utf8'));
  let added = 0;
  for (const held of Object.values(lock.packages)) delete held.resolved;
  for (const owner of Object.values({ ...lock.packages })) {
    for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
      const key = `node_modules/${name}`;
      if (lock.packages[key] || !/^\d+\.\d+\.\d+/.test(version)) continue;
      const system = /(darwin|android|linux|win32|windows)/.exec(name)?.[1];
      if (!system) continue;
      lock.packages[key] = {
        version,
        cpu: [/arm64/.test(name) ? 'arm64' : 'x64'],
        ...(owner.dev && { dev: true }),
        optional: true,
        os: [SYSTEMS[system] ?? system],
      };
      added += 1;
    }
  }
  lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
  await writeFile(path, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(`${added} packages of other platforms added`);
}

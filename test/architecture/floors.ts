import path from 'node:path';
import type { SourceFile } from './read-imports.ts';

/** The floors of the house, from the ground up: each leans on itself and on those before it, and on nothing above. */
export const FLOORS = [
  'core',
  'stores',
  'durable-objects',
  'queues',
  'jobs',
  'workers',
  'examples',
  'ops',
  'bench',
  'test',
] as const;
/** Code that runs elsewhere, in browsers and on shops' servers: it leans on `core/` only, and nothing on it. */
const ALONE = new Set(['beacon', 'console', 'client']);

/** Packages that `core/` may not touch: the platform, clocks, randomness, files, networks and HTTP. */
const IMPURE_PACKAGES =
  /^(cloudflare:|@cloudflare\/|miniflare|wrangler|hono|itty-router|uuidv7|node:(fs|http|https|net|os|timers|perf_hooks|process|child_process|worker_threads))/;
/** What reads a clock, makes chance or reaches the platform without an import. */
const IMPURE_CALLS = [
  /\bDate\.now\b/,
  /\bnew Date\(\s*\)/,
  /\bMath\.random\b/,
  /\bperformance\b/,
  /\brandomUUID\b/,
  /\bgetRandomValues\b/,
  /\brandomBytes\b/,
  /\bset(Timeout|Interval|Immediate)\b/,
  /\bfetch\(/,
  /\bconsole\./,
  /\bEnv\b/,
];
/** Libraries of HTTP: below `workers/` nobody answers requests. */
const HTTP_PACKAGES = /^(hono|itty-router)(\/|$)/;

/** A floor by its number; test files belong to the top one, wherever they stand. Nothing for files at the root. */
export function floorOf(file: string): number | undefined {
  if (/\.test\.ts$/.test(file)) return FLOORS.length - 1;
  const at = FLOORS.indexOf(file.split('/')[0] as (typeof FLOORS)[number]);
  return at < 0 ? undefined : at;
}

/** Imports that climb: of a higher floor, into or out of code that runs elsewhere. */
export function climbing(sources: readonly SourceFile[]): string[] {
  return sources.flatMap((source) =>
    source.files.flatMap((target) => {
      const [from, to] = [topOf(source.path), topOf(target)];
      const isTest = floorOf(source.path) === FLOORS.length - 1;
      if (from !== to && !isTest && ((ALONE.has(from) && to !== 'core') || ALONE.has(to)))
        return [`${source.path} imports ${target}: code that runs elsewhere leans on core/ only, and nothing on it`];
      const [own, other] = [floorOf(source.path), floorOf(target)];
      if (own === undefined || other === undefined || other <= own) return [];
      return [`${source.path} imports ${target}: ${FLOORS[own]}/ stands below ${FLOORS[other]}/`];
    }),
  );
}

/** What makes `core/` depend on the platform, a clock or chance, and what brings HTTP below `workers/`. `code` has no comments. */
export function impurities(source: SourceFile, code: string): string[] {
  const floor = floorOf(source.path);
  if (floor === undefined || floor >= FLOORS.indexOf('workers')) return [];
  const faults: string[] = [];
  for (const name of source.packages) {
    if (floor === 0 && IMPURE_PACKAGES.test(name)) faults.push(`${source.path} imports ${name}: core/ is pure`);
    if (HTTP_PACKAGES.test(name)) faults.push(`${source.path} imports ${name}: HTTP belongs to workers/`);
  }
  if (/\bHttpError\b/.test(code)) faults.push(`${source.path} names HttpError: HTTP belongs to workers/`);
  if (floor > 0) return faults;
  for (const call of IMPURE_CALLS) {
    const found = call.exec(code);
    if (found) faults.push(`${source.path} uses ${found[0]}: core/ takes clock, chance and platform as arguments`);
  }
  return faults;
}

/** Groups of nodes that reach each other, each sorted; `nodeOf` makes files into nodes, so that folders can be looked at as well. */
export function circles(sources: readonly SourceFile[], nodeOf: (file: string) => string): string[][] {
  const edges = new Map<string, Set<string>>();
  for (const source of sources) {
    if (/\.test\.ts$/.test(source.path)) continue;
    const from = nodeOf(source.path);
    const targets = edges.get(from) ?? new Set();
    for (const target of source.files) if (nodeOf(target) !== from) targets.add(nodeOf(target));
    edges.set(from, targets);
  }
  return stronglyConnected(edges).filter((group) => group.length > 1);
}

/** The folder of a file. */
export function folderOf(file: string): string {
  return path.posix.dirname(file);
}

function topOf(file: string): string {
  return file.split('/')[0] ?? '';
}

/** Tarjan's algorithm (1972). */
function stronglyConnected(edges: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const groups: string[][] = [];
  const visit = (node: string): void => {
    index.set(node, index.size);
    low.set(node, index.get(node) ?? 0);
    stack.push(node);
    for (const next of edges.get(node) ?? []) {
      if (!index.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node) ?? 0, low.get(next) ?? 0));
      } else if (stack.includes(next)) low.set(node, Math.min(low.get(node) ?? 0, index.get(next) ?? 0));
    }
    if (low.get(node) !== index.get(node)) return;
    groups.push(stack.splice(stack.indexOf(node)).sort());
  };
  for (const node of edges.keys()) if (!index.has(node)) visit(node);
  return groups;
}

import { fileURLToPath } from 'node:url';
import { transform } from 'esbuild';
import { describe, it } from 'vitest';
import { circles, climbing, folderOf, impurities } from './floors.ts';
import { parseSource, readSource, sourcePaths } from './read-imports.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const sources = sourcePaths(ROOT).map((file) => readSource(ROOT, file));
const codeOf = async (text: string) => (await transform(text, { loader: 'ts', legalComments: 'none' })).code;

describe('the floors of the house', () => {
  it('lean on lower ones only', ({ expect }) => {
    expect(climbing(sources)).toEqual([]);
  });

  it('have no two files, and no two folders, that reach each other', ({ expect }) => {
    expect(circles(sources, (file) => file)).toEqual([]);
    expect(circles(sources, folderOf)).toEqual([]);
  });

  it('have a core without platform, clock and chance, and no HTTP below workers/', async ({ expect }) => {
    const faults: string[] = [];
    for (const source of sources) {
      if (/\.test\.ts$/.test(source.path)) continue;
      faults.push(...impurities(source, await codeOf(source.text)));
    }
    expect(faults).toEqual([]);
  });
});

describe('the guard of the floors', () => {
  it('sees every form of import', ({ expect }) => {
    const text = `import type { A } from '../stores/a.ts';
import {
  b,
} from "../queues/b.ts";
export { c } from '../jobs/c.ts';
export * from '../jobs/d.ts';
import '../jobs/e.ts';
const f = await import('../jobs/f.ts');
type G = import('../jobs/g.ts').G;
import { env } from 'cloudflare:workers';`;
    const { files, packages } = parseSource('core/x.ts', text);
    expect(files).toEqual([
      'stores/a.ts',
      'queues/b.ts',
      'jobs/c.ts',
      'jobs/d.ts',
      'jobs/e.ts',
      'jobs/f.ts',
      'jobs/g.ts',
    ]);
    expect(packages).toEqual(['cloudflare:workers']);
    expect(climbing([parseSource('core/x.ts', text)])).toHaveLength(7);
  });

  it('says what is wrong: a climb, HTTP in a store, a clock in the core, a circle', async ({ expect }) => {
    const climb = parseSource('core/a.ts', "import { readItems } from '../stores/catalog/read-items.ts';");
    expect(climbing([climb])).toEqual(['core/a.ts imports stores/catalog/read-items.ts: core/ stands below stores/']);
    const store = parseSource(
      'stores/a.ts',
      "import { HttpError } from '../workers/http/error.ts';\nimport { Hono } from 'hono';\nthrow new HttpError(Hono);",
    );
    expect(climbing([store])).toEqual(['stores/a.ts imports workers/http/error.ts: stores/ stands below workers/']);
    expect(impurities(store, await codeOf(store.text))).toEqual([
      'stores/a.ts imports hono: HTTP belongs to workers/',
      'stores/a.ts names HttpError: HTTP belongs to workers/',
    ]);
    const clock = parseSource('core/a.ts', '// Date.now() is passed in\nexport const at = () => Date.now();');
    expect(impurities(clock, await codeOf(clock.text))).toEqual([
      'core/a.ts uses Date.now: core/ takes clock, chance and platform as arguments',
    ]);
    expect(impurities(clock, await codeOf('// Date.now() is passed in'))).toEqual([]);
    const pair = [
      parseSource('core/a/x.ts', "import '../b/y.ts';"),
      parseSource('core/b/y.ts', ''),
      parseSource('core/b/z.ts', "import '../a/w.ts';"),
    ];
    expect(circles(pair, (file) => file)).toEqual([]);
    expect(circles(pair, folderOf)).toEqual([['core/a', 'core/b']]);
  });
});

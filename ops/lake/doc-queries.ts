import { readFileSync } from 'node:fs';

/** The text of `docs/warehouse.md`. */
export const WAREHOUSE_DOC = readFileSync(new URL('../../docs/warehouse.md', import.meta.url), 'utf8');

/** The queries of `docs/warehouse.md` by name: its blocks that begin with ```` ```sql <name> ````. */
export const DOC_QUERIES: ReadonlyMap<string, string> = new Map(
  [...WAREHOUSE_DOC.matchAll(/```sql (\w+)\n([\s\S]*?)```/g)].map(([, name = '', sql = '']) => [name, sql]),
);

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { type Statement, siteStatements } from './site-statements.ts';

/** `npm run site -- --id shop --name "My shop" --origin https://shop.example [--remote]`: makes a site and prints its keys. */
const { values } = parseArgs({
  options: {
    id: { type: 'string' },
    name: { type: 'string' },
    origin: { type: 'string', multiple: true, default: [] },
    remote: { type: 'boolean', default: false },
  },
});
if (!values.id) {
  console.error('usage: npm run site -- --id shop [--name "My shop"] --origin https://shop.example [--remote]');
  process.exit(2);
}
const newKey = (prefix: string) => `${prefix}_${randomBytes(24).toString('base64url')}`;
const site = {
  id: values.id,
  name: values.name ?? values.id,
  origins: values.origin,
  writeKey: newKey('wk'),
  secretKey: newKey('sk'),
};
const sql = siteStatements(site, Date.now()).map(inline).join(' ');
execFileSync('wrangler', ['d1', 'execute', 'vitrine', values.remote ? '--remote' : '--local', '--command', sql], {
  stdio: 'inherit',
});
console.log(
  `\nsite        ${site.id}\nwrite key   ${site.writeKey}  (public: stands in the page)\nsecret key  ${site.secretKey}  (servers only; shown once)`,
);

/** Wrangler's command line binds no values, so they are written into the statement as SQL literals. */
function inline({ sql, values: bound }: Statement): string {
  let next = 0;
  return `${sql.replace(/\?/g, () => literal(bound[next++] ?? ''))};`;
}

function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { readOptions } from '../read-options.ts';
import { type Statement, siteStatements } from './site-statements.ts';

/** `npm run site`: makes a site and prints its keys. */
const USAGE = `usage: npm run site -- --id shop --origin https://shop.example [options]
  --id ID        1–32 small letters, digits or "-"
  --name NAME    what people call it (default: the id)
  --jurisdiction eu|fedramp
                 its objects never leave it; it stands before the id, as in "eu--shop"
  --origin URL   origin of the shop's pages; may be given several times
  --remote       in the deployed database instead of the local one`;

const values = readOptions(
  z.object({
    id: z.string(),
    name: z.string().optional(),
    origin: z.array(z.string()).default([]),
    jurisdiction: z.enum(['eu', 'fedramp']).optional(),
    remote: z.boolean().default(false),
  }),
  USAGE,
);
const newKey = (prefix: string) => `${prefix}_${randomBytes(24).toString('base64url')}`;
const site = {
  id: values.jurisdiction === undefined ? values.id : `${values.jurisdiction}--${values.id}`,
  name: values.name ?? values.id,
  origins: values.origin,
  writeKey: newKey('wk'),
  secretKey: newKey('sk'),
  identityKey: randomBytes(32).toString('base64url'),
};
const sql = siteStatements(site, Date.now()).map(inline).join(' ');
execFileSync('wrangler', ['d1', 'execute', 'vitrine', values.remote ? '--remote' : '--local', '--command', sql], {
  stdio: 'inherit',
});
console.log(`
site          ${site.id}
write key     ${site.writeKey}  (public: stands in the page)
secret key    ${site.secretKey}  (servers only; shown once)
identity key  ${site.identityKey}  (servers only: signs proofs of who a visitor is, see docs/identity.md)`);

/** Wrangler's command line binds no values, so they are written into the statement as SQL literals. */
function inline({ sql, values: bound }: Statement): string {
  let next = 0;
  return `${sql.replace(/\?/g, () => literal(bound[next++] ?? ''))};`;
}

function literal(value: string | number): string {
  return typeof value === 'number' ? String(value) : `'${value.replaceAll("'", "''")}'`;
}

/** `npm run site`: makes a site, or changes one, and prints its new keys; see the usage. */
import { z } from 'zod';
import { keyScopeSchema } from '../../core/sites/scopes.ts';
import { readKnownSite } from '../../stores/sites/known-site.ts';
import { newKey, newOperatorKey } from '../../stores/sites/new-key.ts';
import { MAX_NAME, planChange } from '../../stores/sites/plan-change.ts';
import { KEY_KINDS, operatorKeyStatement, type Statement } from '../../stores/sites/site-statements.ts';
import { readOptions } from '../read-options.ts';
import { describeSite } from './describe-site.ts';
import { localDatabase } from './local-database.ts';
import { remoteDatabase } from './remote-database.ts';
import type { SiteDatabase } from './site-database.ts';

const USAGE = `usage: npm run site -- --id shop --origin https://shop.example [options]
  Makes the site, or changes of one that exists what is said here and nothing else; alone, --id shows it.
  --operator     prints a new key of who runs this Vitrine, which makes sites over HTTP (docs/keys.md); with --id nothing else is done
  --id ID        1–32 small letters, digits or "-"
  --name NAME    what people call it (default: the id)
  --origin URL   origin of the shop's pages; may be given several times, and is then all of them
  --rotate write|secret|identity
                 makes a new key of this kind; the old one works until it is revoked
  --scope S      what that key may do, e.g. catalog or catalog:read; several times; default: whatever its kind may
  --label NAME   what people call that key
  --revoke KEY   ends a key, named by its id of 8 characters; after 30 s no edge takes it any more
  --jurisdiction eu|fedramp
                 its objects never leave it; it stands before the id, as in "eu--shop"
  --url URL      where Vitrine answers, for the script tag
  --remote       in the deployed database; --env staging in that of an environment
  --state DIR    else in the state that npm start uses, running or not (default .vitrine)`;

const values = readOptions(
  z
    .object({
      id: z.string().optional(),
      operator: z.boolean().default(false),
      name: z.string().optional(),
      origin: z.array(z.string()).optional(),
      rotate: z.array(z.enum(KEY_KINDS)).default([]),
      scope: z.array(keyScopeSchema).default([]),
      label: z.string().max(MAX_NAME).optional(),
      revoke: z.array(z.string()).default([]),
      jurisdiction: z.enum(['eu', 'fedramp']).optional(),
      url: z.url().optional(),
      remote: z.boolean().default(false),
      env: z.string().optional(),
      state: z.string().default('.vitrine'),
    })
    .refine(({ id, operator }) => operator || id !== undefined, {
      path: ['id'],
      message: 'say which site, or --operator',
    }),
  USAGE,
);

try {
  const remote = values.remote || values.env !== undefined;
  const db = remote ? remoteDatabase(values.env) : await localDatabase(values.state);
  try {
    if (values.operator) await makeOperatorKey(db);
    else if (values.id !== undefined) await makeOrChange(db, values.id);
  } finally {
    await db.close();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

async function makeOrChange(db: SiteDatabase, named: string): Promise<void> {
  const { name, origin: origins, rotate, revoke, jurisdiction } = values;
  const id = jurisdiction === undefined ? named : `${jurisdiction}--${named}`;
  const known = await readKnownSite((statement) => db.read(statement), id);
  const make = [...new Set(rotate)].map((kind) => ({ kind, name: values.label, scopes: values.scope }));
  const asker = { actor: 'command', scopes: [], now: Date.now() };
  const change = planChange(known, { id, name, origins, make, revoke }, newKey, asker);
  if (change.statements.length > 0) {
    const keys = change.made.map(({ key }) => key);
    await writeQuietly(db, change.statements, keys);
  }
  process.stdout.write(describeSite(id, change, values.url ?? db.vitrineUrl));
}

async function makeOperatorKey(db: SiteDatabase): Promise<void> {
  const key = newOperatorKey();
  await writeQuietly(db, [operatorKeyStatement(key, Date.now())], [key]);
  process.stdout.write(`operator key  ${key}  (shown once: makes sites by POST /operator/sites)\n`);
}

/** A database may repeat a statement that it refuses: no key of it is printed. */
async function writeQuietly(
  db: SiteDatabase,
  statements: readonly Statement[],
  keys: readonly string[],
): Promise<void> {
  await db.write(statements).catch((error: unknown) => {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(keys.reduce((rest, key) => rest.replaceAll(key, '…'), text));
  });
}

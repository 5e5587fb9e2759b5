/** `npm run site`: makes a site, or changes one, and prints its new keys; see the usage. */
import { z } from 'zod';
import { keyScopeSchema } from '../../core/sites/scopes.ts';
import { readKnownSite } from '../../stores/sites/known-site.ts';
import { newKey } from '../../stores/sites/new-key.ts';
import { type Change, MAX_NAME, planChange } from '../../stores/sites/plan-change.ts';
import { KEY_KINDS } from '../../stores/sites/site-statements.ts';
import { readOptions } from '../read-options.ts';
import { describeSite } from './describe-site.ts';
import { localDatabase } from './local-database.ts';
import { remoteDatabase } from './remote-database.ts';

const USAGE = `usage: npm run site -- --id shop --origin https://shop.example [options]
  Makes the site, or changes of one that exists what is said here and nothing else; alone, --id shows it.
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
  z.object({
    id: z.string(),
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
  }),
  USAGE,
);

try {
  const { name, origin: origins, rotate, revoke } = values;
  const id = values.jurisdiction === undefined ? values.id : `${values.jurisdiction}--${values.id}`;
  const remote = values.remote || values.env !== undefined;
  const db = remote ? remoteDatabase(values.env) : await localDatabase(values.state);
  try {
    const known = await readKnownSite((statement) => db.read(statement), id);
    const make = [...new Set(rotate)].map((kind) => ({ kind, name: values.label, scopes: values.scope }));
    const asker = { actor: 'command', scopes: [], now: Date.now() };
    const change = planChange(known, { id, name, origins, make, revoke }, newKey, asker);
    if (change.statements.length > 0)
      await db.write(change.statements).catch((error: unknown) => {
        throw new Error(withoutKeys(error instanceof Error ? error.message : String(error), change));
      });
    process.stdout.write(describeSite(id, change, values.url ?? db.vitrineUrl));
  } finally {
    await db.close();
  }
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}

/** A database may repeat a statement that it refuses. */
function withoutKeys(text: string, { made }: Change): string {
  return made.reduce((rest, { key }) => rest.replaceAll(key, '…'), text);
}

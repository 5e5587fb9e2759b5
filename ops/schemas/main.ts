/** `npm run schemas -- check|push|pull|types|infer`: the schemas of a shop's events, from its repository to the registry and back. See the usage. */
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { BUILTIN_SCHEMAS } from '../../core/schemas/builtin-schemas.ts';
import { inferSchema, Seen } from '../../core/schemas/infer.ts';
import { readCommand } from '../read-options.ts';
import { bundled } from './bundled.ts';
import { checkFile } from './check.ts';
import { loggedEvents, recentEvents, type TypedProperties } from './recent-events.ts';
import { inOrder, referredBy } from './referred.ts';
import { registryApi } from './registry-api.ts';
import { readSchemaFiles, writeSchemaFile } from './schema-files.ts';

const USAGE = `usage: npm run schemas -- check|push|pull|types|infer [options]
  check   whether each schema of the folder could be the next version of its subject, a line a fault; ends with 1 where one could not: for CI
  push    check, then register those that are new
  pull    write the newest version of each subject into the folder
  types   write TypeScript types of the folder's schemas
  infer   write first schemas from the events that came, and how sure they are
  --dir D       the folder; a file a subject, e.g. order_completed.json (default schemas)
  --out F       types: the file (default schemas/events.d.ts)
  --type T      infer: this type only
  --file F      infer: from a log, as npm run replay reads it, and not from the lake; --mapping M as there
  --events N    newest events of each type that are looked at (default 1000; infer 20000)
  --url URL     Vitrine (default http://localhost:8787)
  --key KEY     secret key of the site (default sk_demo_local)`;

const { options, words } = readCommand(
  z.object({
    dir: z.string().default('schemas'),
    out: z.string().optional(),
    type: z.string().optional(),
    file: z.string().optional(),
    mapping: z.string().optional(),
    events: z.coerce.number().int().min(0).optional(),
    url: z.url().default('http://localhost:8787'),
    key: z.string().default('sk_demo_local'),
  }),
  z.tuple([z.enum(['check', 'push', 'pull', 'types', 'infer'])]),
  USAGE,
);

const COMMANDS = { check: () => check(false), push: () => check(true), pull, types, infer };

try {
  await COMMANDS[words[0]]();
} catch (error) {
  process.stderr.write(
    `${error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exitCode = 2;
}

async function check(isPush: boolean): Promise<void> {
  const registry = registryApi(options);
  const files = inOrder(await readSchemaFiles(options.dir));
  const limit = options.events ?? 1_000;
  const events =
    limit === 0
      ? []
      : await recentEvents(
          options,
          limit,
          files.map(({ subject }) => subject),
        );
  const checked = [];
  for (const file of files) checked.push(await checkFile(file, registry, files, events));
  for (const { file, faults, verdict } of checked) {
    say(`${file.file}: ${verdict}`);
    for (const fault of faults) say(`${file.file}: ${fault}`);
  }
  if (checked.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
  else if (isPush)
    for (const { file, isNew } of checked)
      if (isNew) {
        const { referred } = await referredBy(file, registry, []);
        say(`${file.file}: registered, id ${await registry.register(file, referred)}`);
      }
}

async function pull(): Promise<void> {
  const registry = registryApi(options);
  for (const subject of await registry.subjects()) {
    const { version, schema, schemaType } = await registry.latest(subject);
    say(`${await writeSchemaFile(options.dir, subject, JSON.parse(schema), schemaType)}: version ${version}`);
  }
}

async function types(): Promise<void> {
  // Takes a while to load, and only this needs it.
  const { compile } = await import('json-schema-to-typescript');
  const files = (await readSchemaFiles(options.dir)).filter(({ type }) => type === 'JSON');
  const textsOf = new Map([
    ...BUILTIN_SCHEMAS.map(({ subject, text }) => [subject, text] as const),
    ...files.map(({ subject, text }) => [subject, text] as const),
  ]);
  const parts = [];
  for (const { subject, text } of files) {
    const name = pascal(subject);
    const { title: _, ...schema } = bundled(JSON.parse(text), textsOf);
    parts.push(await compile({ ...schema, title: name }, name, { bannerComment: '', additionalProperties: false }));
  }
  const map = files.map(({ subject }) => `  ${JSON.stringify(subject)}: ${pascal(subject)};`).join('\n');
  const out = options.out ?? path.join(options.dir, 'events.d.ts');
  await mkdir(path.dirname(out), { recursive: true });
  await writeFile(
    out,
    `${parts.join('\n')}\n/** Properties of events, by type. */\nexport interface EventProperties {\n${map}\n}\n`,
  );
  say(`${out}: ${files.length} types`);
}

async function infer(): Promise<void> {
  const limit = options.events ?? 20_000;
  const source: AsyncIterable<TypedProperties> | readonly TypedProperties[] =
    options.file === undefined
      ? await recentEvents(options, limit, options.type === undefined ? undefined : [options.type])
      : loggedEvents(options.file, options.mapping);
  const byType = new Map<string, Seen>();
  for await (const { type, properties } of source) {
    if (options.type !== undefined && options.type !== type) continue;
    const seen = byType.get(type) ?? new Seen();
    byType.set(type, seen);
    if (options.file === undefined || options.events === undefined || seen.count < options.events) seen.add(properties);
  }
  if (byType.size === 0) throw new Error('no event has come that a schema could be made from');
  for (const [type, seen] of [...byType].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const { schema, properties } = inferSchema(seen);
    say(`${await writeSchemaFile(options.dir, type, schema)}: from ${seen.count} events`);
    console.table(
      properties.map(({ path: property, types: kinds, present, required, exceptionsBelow }) => ({
        property,
        types: kinds,
        present: `${(100 * present).toFixed(1)} %`,
        required,
        'exceptions (95 %)': `< ${(100 * exceptionsBelow).toPrecision(2)} %`,
      })),
    );
  }
}

/** The name of a type of events as TypeScript writes it: `OrderCompleted`. */
function pascal(subject: string): string {
  const name = subject.replace(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return /^[A-Za-z]/.test(name) ? name : `Event${name}`;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

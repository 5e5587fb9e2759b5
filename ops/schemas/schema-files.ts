import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { SCHEMA_TYPES, type SchemaType } from '../../core/schemas/registered-schema.ts';

/** A schema that stands in a file: `schemas/order_completed.json` is the subject `order_completed`; Avro's files end with `.avsc`. */
export interface SchemaFile {
  readonly type: SchemaType;
  readonly subject: string;
  readonly file: string;
  readonly text: string;
  /** What it refers to outside of itself, by the name of its subject: `"$ref": "vitrine.order_completed"`. */
  readonly refers: readonly string[];
}

/** A version of another subject that a file refers to, under the subject's own name, and what it says. */
export interface Referred {
  readonly name: string;
  readonly subject: string;
  readonly version: number;
  readonly text: string;
}

const ENDINGS: Readonly<Record<SchemaType, string>> = { JSON: '.json', AVRO: '.avsc' };

/** The schemas of a folder, by subject. @throws where there is no such folder, or nothing in it. */
export async function readSchemaFiles(dir: string): Promise<SchemaFile[]> {
  const files = (await readdir(dir).catch(() => [])).sort().flatMap((name) =>
    SCHEMA_TYPES.filter((type) => name.endsWith(ENDINGS[type])).map((type) => ({
      type,
      subject: decodeURIComponent(name.slice(0, -ENDINGS[type].length)),
      file: path.join(dir, name),
    })),
  );
  if (files.length === 0)
    throw new Error(
      `${dir}: there is no *.json or *.avsc in it; "npm run schemas -- pull" or "infer" writes schemas there, or name another with --dir`,
    );
  return Promise.all(
    files.map(async (one) => {
      const text = await readFile(one.file, 'utf8');
      return { ...one, text, refers: one.type === 'JSON' ? refersIn(text) : [] };
    }),
  );
}

/** Writes a schema into its file, and says where. */
export async function writeSchemaFile(
  dir: string,
  subject: string,
  schema: unknown,
  type: SchemaType = 'JSON',
): Promise<string> {
  await mkdir(dir, { recursive: true });
  const file = path.join(dir, `${encodeURIComponent(subject)}${ENDINGS[type]}`);
  await writeFile(file, `${JSON.stringify(schema, null, 2)}\n`);
  return file;
}

/** The names that a JSON Schema's references begin with; none of a text that is no JSON, of which others tell. */
function refersIn(text: string): string[] {
  const names = new Set<string>();
  const walk = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const ref = Array.isArray(value) ? undefined : (value as Record<string, unknown>).$ref;
    const [name] = typeof ref === 'string' ? ref.split('#') : [];
    if (name) names.add(name);
    for (const inner of Object.values(value)) walk(inner);
  };
  try {
    walk(JSON.parse(text));
  } catch {
    return [];
  }
  return [...names];
}

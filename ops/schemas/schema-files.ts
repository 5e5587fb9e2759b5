import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** A schema that stands in a file: `schemas/order_completed.json` is the subject `order_completed`. */
export interface SchemaFile {
  readonly subject: string;
  readonly file: string;
  readonly text: string;
}

const ENDING = '.json';

/** The schemas of a folder, by subject. @throws where there is no such folder, or nothing in it. */
export async function readSchemaFiles(dir: string): Promise<SchemaFile[]> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => name.endsWith(ENDING)).sort();
  if (names.length === 0)
    throw new Error(
      `${dir}: there is no *.json in it; "npm run schemas -- pull" or "infer" writes schemas there, or name another with --dir`,
    );
  return Promise.all(
    names.map(async (name) => ({
      subject: decodeURIComponent(name.slice(0, -ENDING.length)),
      file: path.join(dir, name),
      text: await readFile(path.join(dir, name), 'utf8'),
    })),
  );
}

/** Writes a schema into its file, and says where. */
export async function writeSchemaFile(dir: string, subject: string, schema: unknown): Promise<string> {
  await mkdir(dir, { recursive: true });
  const file = path.join(dir, `${encodeURIComponent(subject)}${ENDING}`);
  await writeFile(file, `${JSON.stringify(schema, null, 2)}\n`);
  return file;
}

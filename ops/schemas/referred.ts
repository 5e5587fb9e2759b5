import type { registryApi } from './registry-api.ts';
import type { Referred, SchemaFile } from './schema-files.ts';

/**
 * What a file refers to: the newest versions of the subjects that it names; or the names of those that the registry does not have yet, but the folder
 * does.
 *
 * @throws where a name is in neither.
 */
export async function referredBy(
  file: SchemaFile,
  registry: ReturnType<typeof registryApi>,
  folder: readonly SchemaFile[],
): Promise<{ readonly referred: Referred[]; readonly awaited: readonly SchemaFile[] }> {
  const referred: Referred[] = [];
  const awaited: SchemaFile[] = [];
  for (const name of file.refers) {
    // An `$id` of the schema itself looks the same.
    if (JSON.parse(file.text).$id === name) continue;
    const latest = await registry.find(name);
    const other = folder.find(({ subject, type }) => subject === name && type === file.type);
    if (latest) referred.push({ name, subject: name, version: latest.version, text: latest.schema });
    else if (other) awaited.push(other);
    else throw new Error(`${file.file}: refers to "${name}", and there is no such subject`);
  }
  return { referred, awaited };
}

/** Files in an order in which each comes after those that it refers to. @throws where they go round in a circle. */
export function inOrder(files: readonly SchemaFile[]): SchemaFile[] {
  const bySubject = new Map(files.map((file) => [file.subject, file]));
  const done = new Set<SchemaFile>();
  const visit = (file: SchemaFile, way: readonly string[]) => {
    if (done.has(file)) return;
    if (way.includes(file.subject))
      throw new Error(`schemas refer to each other in a circle: ${[...way, file.subject].join(' → ')}`);
    for (const name of file.refers) {
      const other = bySubject.get(name);
      if (other && other !== file) visit(other, [...way, file.subject]);
    }
    done.add(file);
  };
  for (const file of files) visit(file, []);
  return [...done];
}

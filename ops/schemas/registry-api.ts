import { z } from 'zod';
import {
  compatibleSchema,
  configSchema,
  idSchema,
  subjectsSchema,
  versionSchema,
} from '../../workers/registry/operation.ts';
import { type Access, call } from '../lake/lake-api.ts';
import type { Referred, SchemaFile } from './schema-files.ts';

/** A site's registry behind a running Vitrine. Errors say what the server answered. */
export function registryApi(access: Access) {
  const json = async <T>(schema: z.ZodType<T>, path: string, body?: unknown): Promise<T> => {
    const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
    return schema.parse(await (await call(access, `/registry${path}`, init)).json());
  };
  const at = (subject: string) => `/subjects/${encodeURIComponent(subject)}/versions`;
  return {
    subjects: () => json(subjectsSchema, '/subjects'),
    versions: async (subject: string) =>
      (await json(subjectsSchema, '/subjects')).includes(subject) ? json(z.array(z.int()), at(subject)) : [],
    latest: (subject: string) => json(versionSchema, `${at(subject)}/latest`),
    level: async (subject: string) =>
      (await json(configSchema, `/config/${encodeURIComponent(subject)}?defaultToGlobal=true`)).compatibilityLevel,
    /** What keeps a schema from being the next version, a line each. */
    conflicts: async (file: SchemaFile, referred: readonly Referred[]) =>
      (await json(compatibleSchema, `/compatibility${at(file.subject)}?verbose=true`, sent(file, referred))).messages ??
      [],
    /** The newest version of a subject, if there is one. */
    find: (subject: string) => ifThere(json(versionSchema, `${at(subject)}/latest`)),
    /** The version of its subject that a file is already. */
    same: (file: SchemaFile, referred: readonly Referred[]) =>
      ifThere(json(versionSchema, `/subjects/${encodeURIComponent(file.subject)}`, sent(file, referred))),
    register: async (file: SchemaFile, referred: readonly Referred[]) =>
      (await json(idSchema, at(file.subject), sent(file, referred))).id,
  };
}

function ifThere<T>(asked: Promise<T>): Promise<T | undefined> {
  return asked.catch((error: unknown) => {
    if (error instanceof Error && / 404 /.test(error.message)) return undefined;
    throw error;
  });
}

function sent({ text, type }: SchemaFile, referred: readonly Referred[]) {
  const references = referred.map(({ name, subject, version }) => ({ name, subject, version }));
  return { schema: text, schemaType: type, ...(references.length > 0 && { references }) };
}

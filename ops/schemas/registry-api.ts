import { z } from 'zod';
import {
  compatibleSchema,
  configSchema,
  idSchema,
  subjectsSchema,
  versionSchema,
} from '../../workers/registry/operation.ts';
import { type Access, call } from '../lake/lake-api.ts';
import type { SchemaFile } from './schema-files.ts';

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
    conflicts: async (file: SchemaFile) =>
      (await json(compatibleSchema, `/compatibility${at(file.subject)}?verbose=true`, sent(file))).messages ?? [],
    find: (file: SchemaFile) =>
      json(versionSchema, `/subjects/${encodeURIComponent(file.subject)}`, sent(file)).catch((error: unknown) => {
        if (error instanceof Error && / 404 /.test(error.message)) return undefined;
        throw error;
      }),
    register: async (file: SchemaFile) => (await json(idSchema, at(file.subject), sent(file))).id,
  };
}

function sent({ text, type }: SchemaFile) {
  return { schema: text, schemaType: type };
}

import type { AvroType } from '../../core/schemas/avro/type.ts';
import { readSchema } from '../../core/schemas/registered-schema.ts';
import { LoadedCache, readThrough } from '../cache/read-through.ts';
import { readReferences, readSchemaById } from './versions.ts';

/** What an id means never changes; one that means nothing yet may soon. */
const cache = new LoadedCache<AvroType | null>(200, { ttlMs: 10_000 });

/** The Avro schema with an id of a site, in whatever versions it is; null where there is none. Reads through the isolate's cache. */
export function registeredAvro(env: Env, site: string, id: number): Promise<AvroType | null> {
  return readThrough(cache, `${site} ${id}`, async () => {
    const found = await readSchemaById(env, site, id);
    if (found?.type !== 'AVRO') return null;
    const referred = await readReferences(env, site, found.references);
    const read = 'missing' in referred ? undefined : readSchema('AVRO', found.text, referred.texts);
    return read && 'schema' in read && read.schema.type === 'AVRO' ? read.schema.avro : null;
  });
}

import { z } from 'zod';
import { DEFAULT_LEVEL, LEVELS } from '../../core/schemas/compatibility.ts';
import { type Door, doorSchema } from '../../core/schemas/door.ts';
import { CONTENT_MODELS } from '../../core/schemas/json/comparison.ts';
import { REGISTRY_MODES } from '../../core/schemas/registry-mode.ts';

const rowSchema = z
  .object({
    subject: z.string(),
    compatibility: z.enum(LEVELS).nullable(),
    content_model: z.enum(CONTENT_MODELS).nullable(),
    mode: z.enum(REGISTRY_MODES).nullable(),
    door: z
      .string()
      .transform((text) => doorSchema.parse(JSON.parse(text)))
      .nullable(),
  })
  .transform(({ content_model: contentModel, ...row }) => ({ ...row, contentModel }));

/** What was decided for one subject, or for all (the empty one); null where nothing was. */
export type SubjectSettings = Omit<z.infer<typeof rowSchema>, 'subject'>;

const NOTHING: SubjectSettings = { compatibility: null, contentModel: null, mode: null, door: null };
/** The subject whose settings hold where a subject has none. */
export const ALL_SUBJECTS = '';

/** What was decided for a subject itself, and what holds for it after all. */
export interface SettingsOf {
  readonly own: SubjectSettings;
  readonly inForce: { [Name in 'compatibility' | 'contentModel' | 'mode']: NonNullable<SubjectSettings[Name]> };
}

export async function readSettings(env: Env, site: string, subject: string): Promise<SettingsOf> {
  const { results } = await env.DB.prepare(
    "SELECT subject, compatibility, content_model, mode, door FROM schema_subjects WHERE site = ? AND subject IN ('', ?)",
  )
    .bind(site, subject)
    .all();
  const rows = z.array(rowSchema).parse(results);
  const own = rows.find((row) => row.subject === subject) ?? NOTHING;
  const all = rows.find((row) => row.subject === ALL_SUBJECTS) ?? NOTHING;
  return {
    own,
    inForce: {
      compatibility: own.compatibility ?? all.compatibility ?? DEFAULT_LEVEL,
      contentModel: own.contentModel ?? all.contentModel ?? 'AS_WRITTEN',
      mode: own.mode ?? all.mode ?? 'READWRITE',
    },
  };
}

const COLUMNS = { compatibility: 'compatibility', contentModel: 'content_model', mode: 'mode', door: 'door' } as const;

/** Decides for a subject what is said; null takes a decision back. `told` is the entry of the audit trail, written with it or not at all. */
export async function writeSettings(
  env: Env,
  site: string,
  subject: string,
  settings: Partial<SubjectSettings>,
  told: D1PreparedStatement,
): Promise<void> {
  const said = (Object.keys(COLUMNS) as (keyof typeof COLUMNS)[]).filter((name) => settings[name] !== undefined);
  if (said.length === 0) return;
  const columns = said.map((name) => COLUMNS[name]);
  const values = said.map((name) =>
    name === 'door' && settings.door ? JSON.stringify(settings.door) : (settings[name] as string | null),
  );
  const written = env.DB.prepare(
    `INSERT INTO schema_subjects (site, subject, ${columns.join(', ')}) VALUES (?, ?, ${columns.map(() => '?').join(', ')})
       ON CONFLICT DO UPDATE SET ${columns.map((column) => `${column} = excluded.${column}`).join(', ')}`,
  ).bind(site, subject, ...values);
  await env.DB.batch([written, told]);
}

/** The doors of a site, by subject. */
export async function readDoors(env: Env, site: string): Promise<Map<string, Door>> {
  const { results } = await env.DB.prepare(
    'SELECT subject, compatibility, content_model, mode, door FROM schema_subjects WHERE site = ? AND door IS NOT NULL ORDER BY subject',
  )
    .bind(site)
    .all();
  return new Map(
    z
      .array(rowSchema)
      .parse(results)
      .flatMap(({ subject, door }) => (door ? [[subject, door]] : [])),
  );
}

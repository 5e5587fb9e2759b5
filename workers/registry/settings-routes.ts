import { type Context, Hono } from 'hono';
import { LEVELS } from '../../core/schemas/compatibility.ts';
import { CONTENT_MODELS } from '../../core/schemas/json/comparison.ts';
import { REGISTRY_MODES } from '../../core/schemas/registry-mode.ts';
import { ALL_SUBJECTS, readSettings, type SubjectSettings, writeSettings } from '../../stores/schemas/subjects.ts';
import { answer } from '../http/answer.ts';
import type { ApiContext } from '../http/api-context.ts';
import { auditOf } from '../http/audit.ts';
import { checkedQuery } from '../http/checked-query.ts';
import {
  configChangeSchema,
  configSchema,
  defaultQuerySchema,
  modeSchema,
  sentConfigSchema,
  sentModeSchema,
  subjectSchema,
} from './operation.ts';
import { registryError } from './registry-error.ts';
import { mustBeOwn, readBody, readName } from './requests.ts';

/** `/registry/config`: which changes a subject takes, or all do. */
export const configRoutes = new Hono<ApiContext>()
  .get('/:subject?', async (c) => {
    const subject = nameOf(c.req.param('subject'));
    const { defaultToGlobal } = checkedQuery(defaultQuerySchema, c.req.query());
    const { own, inForce } = await readSettings(c.env, c.get('site').id, subject);
    if (subject !== ALL_SUBJECTS && !defaultToGlobal && own.compatibility === null)
      throw registryError(40408, `"${subject}" has no compatibility level of its own; ${inForce.compatibility} holds.`);
    return answer(configSchema, { compatibilityLevel: inForce.compatibility, contentModel: inForce.contentModel });
  })
  .put('/:subject?', async (c) => {
    const subject = nameOf(c.req.param('subject'));
    const { compatibility, contentModel } = await readBody(c.req.raw, sentConfigSchema);
    const level = LEVELS.find((one) => one === compatibility);
    if (!level && compatibility !== undefined)
      throw registryError(42203, `compatibility: expected one of ${LEVELS.join(', ')}.`);
    const model = CONTENT_MODELS.find((one) => one === contentModel);
    if (!model && contentModel !== undefined)
      throw registryError(42203, `contentModel: expected one of ${CONTENT_MODELS.join(', ')}.`);
    if (!level && !model) throw registryError(42203, 'Say which compatibility, or which contentModel.');
    await change(c, 'schema_config.changed', subject, { compatibility: level, contentModel: model });
    return answer(configChangeSchema, {
      ...(level && { compatibility: level }),
      ...(model && { contentModel: model }),
    });
  })
  .delete('/:subject?', async (c) => {
    const subject = nameOf(c.req.param('subject'));
    const { own } = await readSettings(c.env, c.get('site').id, subject);
    if (subject !== ALL_SUBJECTS && own.compatibility === null)
      throw registryError(40408, `"${subject}" has no compatibility level of its own.`);
    await change(c, 'schema_config.changed', subject, { compatibility: null, contentModel: null });
    return answer(configSchema, {
      compatibilityLevel: own.compatibility ?? 'BACKWARD',
      contentModel: own.contentModel ?? 'AS_WRITTEN',
    });
  });

/** `/registry/mode`: whether a subject, or any, takes versions at all. */
export const modeRoutes = new Hono<ApiContext>()
  .get('/:subject?', async (c) => {
    const subject = nameOf(c.req.param('subject'));
    const { defaultToGlobal } = checkedQuery(defaultQuerySchema, c.req.query());
    const { own, inForce } = await readSettings(c.env, c.get('site').id, subject);
    if (subject !== ALL_SUBJECTS && !defaultToGlobal && own.mode === null)
      throw registryError(40409, `"${subject}" has no mode of its own; ${inForce.mode} holds.`);
    return answer(modeSchema, { mode: inForce.mode });
  })
  .put('/:subject?', async (c) => {
    const subject = nameOf(c.req.param('subject'));
    const sent = await readBody(c.req.raw, sentModeSchema);
    const mode = REGISTRY_MODES.find((one) => one === sent.mode);
    if (!mode) throw registryError(42204, `mode: expected one of ${REGISTRY_MODES.join(', ')}.`);
    await change(c, 'schema_mode.changed', subject, { mode });
    return answer(modeSchema, { mode });
  })
  .delete('/:subject?', async (c) => {
    const subject = nameOf(c.req.param('subject'));
    const { own } = await readSettings(c.env, c.get('site').id, subject);
    if (subject !== ALL_SUBJECTS && own.mode === null)
      throw registryError(40409, `"${subject}" has no mode of its own.`);
    await change(c, 'schema_mode.changed', subject, { mode: null });
    return answer(modeSchema, { mode: own.mode ?? 'READWRITE' });
  });

/** Decides for a subject, and tells the audit trail. */
async function change(
  c: Context<ApiContext>,
  action: string,
  subject: string,
  settings: Partial<SubjectSettings>,
): Promise<void> {
  mustBeOwn(subject);
  await writeSettings(c.env, c.get('site').id, subject, settings, auditOf(c, action, subject, settings));
}

function nameOf(param: string | undefined): string {
  return param === undefined ? ALL_SUBJECTS : readName(subjectSchema, param);
}

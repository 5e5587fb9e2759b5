import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { AUDIT_DAYS } from '../../../stores/sites/audit-trail.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

export const auditQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z
    .string()
    .regex(/^\d{1,15}\.[\w-]{1,64}$/, 'expected what an earlier page answered as "next"')
    .optional()
    .meta({ description: 'What an earlier page answered as `next`.' }),
});
export const auditSchema = z.object({
  entries: z.array(
    z.object({
      at: z.iso.datetime(),
      actor: z.string().meta({
        description: '`key` or `console` and the id of the key by which somebody came; `command` for `npm run site`.',
      }),
      action: z.string().meta({ description: 'e.g. `key.made`, `site.origins`, `settings.changed`, `door.changed`.' }),
      subject: z.string(),
      detail: z.record(z.string(), z.unknown()),
    }),
  ),
  next: z.string().nullable(),
});

export const auditPaths: ZodOpenApiPathsObject = {
  '/api/audit': {
    get: {
      tags: ['Site'],
      security: [{ secretKey: [] }],
      summary: 'Who changed the site, its keys, settings and doors',
      description: `The newest first, kept ${AUDIT_DAYS} days. No entry holds a key.`,
      requestParams: { query: auditQuerySchema },
      responses: { '200': { description: 'Entries.', ...json(auditSchema) }, ...problemResponses(400, 401, 403) },
    },
  },
};

import { z } from 'zod';
import type { ZodOpenApiPathsObject } from 'zod-openapi';
import { tailFilterSchema } from '../../../core/pulse/tail.ts';
import { json } from '../../http/json-content.ts';
import { problemResponses } from '../../http/problem-responses.ts';

export const pulseQuerySchema = z.object({ days: z.coerce.number().int().min(1).max(90).default(7) });

const counts = z.record(z.string(), z.int()).meta({
  description:
    '`accepted`, `type|T`, `rejected`, `rejected|REASON`, `duplicate`, `conflicting`, `late`, `failed`, `bot`, `person`, `browser|B`, `skewed`; `request|KIND|2xx`, `decision|SLOT|TIER`, `why|REASON`, `read|whole`, `took|MS`, `delay|STAGE|MS`, `job_failed|JOB`, `dead_letter`, `odd|T`.',
});
const alarmSchema = z.object({
  id: z.int(),
  series: z.string().meta({ description: 'e.g. `missing|order_completed|total`' }),
  kind: z.string(),
  type: z.string().optional(),
  property: z.string().optional(),
  name: z.string().optional(),
  direction: z.enum(['up', 'down']),
  usual: z.number().meta({ description: 'A part of one; of `volume` events a minute.' }),
  found: z.number(),
  evidence: z.number(),
  since: z.iso.datetime(),
  toldAt: z.iso.datetime(),
  endedAt: z.iso.datetime().nullable(),
  examples: z.array(z.string()).meta({ description: 'Ids of events.' }),
});
const alertSchema = z.object({
  rule: z.string().meta({ description: 'e.g. `VitrineEventsSilent`; its runbook is docs/runbooks/events-silent.md' }),
  severity: z.enum(['page', 'ticket']),
  labels: z.record(z.string(), z.string()),
  summary: z.string(),
  since: z.iso.datetime(),
  firedAt: z.iso.datetime().nullable().meta({ description: 'Null while it has not held for long enough.' }),
});
const oddFeatureSchema = z.object({
  feature: z.string(),
  value: z.number().nullable(),
  usual: z.number().nullable(),
});
export const pulseSchema = z.object({
  minutes: z.array(z.object({ at: z.iso.datetime(), counts })).meta({ description: 'The last hour, by arrival.' }),
  hours: z.array(z.object({ at: z.iso.datetime(), counts })),
  alarms: z.array(alarmSchema).meta({ description: 'The newest hundred.' }),
  alerts: z.array(alertSchema).meta({ description: 'Rules that hold now, as the job `watch` finds each minute.' }),
  odd: z
    .array(
      z.object({
        id: z.string(),
        type: z.string(),
        at: z.iso.datetime(),
        features: z.array(oddFeatureSchema),
      }),
    )
    .meta({ description: 'The newest fifty events whose numbers are unlike those of others of their type.' }),
  oddMinutes: z
    .array(
      z.object({
        at: z.iso.datetime(),
        features: z.array(oddFeatureSchema.extend({ series: z.string(), by: z.number() })),
      }),
    )
    .meta({
      description:
        'The newest twenty minutes unlike others, though no series alone is off: by kind of series the mean square of how far they stray, the one that strays the most, and by how many standard deviations.',
    }),
  series: z.int().meta({ description: 'Series that are watched, 500 at most.' }),
  seriesLeft: z.int().meta({ description: 'How often there was no room for another.' }),
});

/** A series, as an alarm names it. */
export const usualSchema = z.strictObject({ series: z.string().min(1).max(512) });

export const pulsePaths: ZodOpenApiPathsObject = {
  '/api/tail': {
    get: {
      tags: ['Operation'],
      security: [{ secretKey: [] }],
      summary: 'Watch events go by, over a WebSocket',
      description:
        'Each message is `{ lines, filtered, tooMany }`: events, and how many were left out by the filter, or because there were more than 500 in a second; together they are all that came. Needs the scope `people:read`. See `npm run tail`.',
      requestParams: { query: tailFilterSchema },
      responses: { '101': { description: 'A WebSocket.' }, ...problemResponses(400, 401, 403, 426, 429) },
    },
  },
  '/api/pulse/usual': {
    post: {
      tags: ['Operation'],
      security: [{ secretKey: [] }],
      summary: 'Take what a series is now for what is usual',
      description: 'The alarm about it ends, and the series is learned anew: after a release that was meant so.',
      requestBody: json(usualSchema),
      responses: { '204': { description: 'It is learned anew.' }, ...problemResponses(400, 401, 403, 404) },
    },
  },
  '/api/pulse': {
    get: {
      tags: ['Operation'],
      security: [{ secretKey: [] }],
      summary: 'How much comes, and what is not as it was',
      description: 'Minutes of the last hour, hours of so many days, and alarms: see docs/pulse.md.',
      requestParams: { query: pulseQuerySchema },
      responses: { '200': { description: 'The pulse.', ...json(pulseSchema) }, ...problemResponses(400, 401, 403) },
    },
  },
};

import { z } from 'zod';
import { CEL_LIMITS } from '../cel/limits.ts';
import { compileEventCondition } from './event-condition.ts';
import { ATTRIBUTE_CAPS } from './limits.ts';

/** How the events of an attribute become one value. */
const AGGREGATES = ['count', 'distinct', 'sum', 'last'] as const;
export type Aggregate = (typeof AGGREGATES)[number];

/** Names of attributes and segments: members of a CEL map. */
export const nameSchema = z
  .string()
  .regex(
    /^[a-z][a-z0-9_]{0,47}$/,
    'must be 1–48 small letters, digits or "_" and begin with a letter, e.g. "views_24h"',
  );

const eventType = z.string().regex(/^[A-Za-z][\w.:-]{0,63}$/, 'must be an event type, e.g. "product_viewed"');

const MINUTES_OF_UNIT: Readonly<Record<string, number>> = { m: 1, h: 60, d: 24 * 60 };

/** Minutes of a window such as `90m`, `24h` or `30d`. */
export function windowMinutesOf(window: string): number {
  return Number.parseInt(window, 10) * (MINUTES_OF_UNIT[window.slice(-1)] ?? 0);
}

const windowSchema = z
  .string()
  .regex(/^[1-9]\d{0,5}[mhd]$/, 'must be whole minutes, hours or days, e.g. "90m", "24h" or "30d"')
  .refine((window) => windowMinutesOf(window) <= ATTRIBUTE_CAPS.windowMinutes, 'must be at most "90d"');

/** What a site says about an attribute. */
export const attributeSchema = z
  .strictObject({
    event: z.union([eventType, z.array(eventType).min(1).max(ATTRIBUTE_CAPS.eventTypes)]).meta({
      description: 'The event type, or the types, that it reads.',
    }),
    where: z.string().min(1).max(CEL_LIMITS.sourceLength).optional().meta({
      description:
        'CEL over `event` (the type), `properties`, `context`, `campaign`, `referrer`: which of the events count.',
    }),
    aggregate: z.enum(AGGREGATES),
    property: z
      .string()
      .regex(
        /^(properties|context|campaign)(\.[A-Za-z_][\w-]{0,63}){1,8}$/,
        'must be a path such as "properties.product_id"',
      )
      .optional()
      .meta({ description: 'What is aggregated; a count has none.' }),
    window: windowSchema.meta({ description: 'Whole minutes, hours or days, `1m` to `90d`.' }),
  })
  .superRefine(({ aggregate, property, where }, context) => {
    if (aggregate === 'count' && property !== undefined) {
      context.addIssue({
        code: 'custom',
        path: ['property'],
        message: 'a count has no property; did you mean distinct?',
      });
    }
    if (aggregate !== 'count' && property === undefined) {
      context.addIssue({
        code: 'custom',
        path: ['property'],
        message: `"${aggregate}" needs one, e.g. "properties.price"`,
      });
    }
    const compiled = where === undefined ? undefined : compileEventCondition(where);
    if (compiled?.ok === false) {
      const { message, line, column } = compiled.error;
      context.addIssue({
        code: 'custom',
        path: ['where'],
        message: `${message} (line ${line}, column ${column})`,
        params: { position: compiled.error },
      });
    }
  });
export type AttributeDefinition = z.infer<typeof attributeSchema>;

/** A definition that is in force under its name. */
export interface VersionedAttribute {
  readonly name: string;
  readonly version: number;
  /** Who counts knows of it from then on, ms since 1970: earlier events are not counted before history is filled in. */
  readonly since: number;
  /** Whether every ledger has been given its history, so that events of any time count as they come. */
  readonly filled?: boolean | undefined;
  readonly definition: AttributeDefinition;
}

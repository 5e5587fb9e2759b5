import { z } from 'zod';

/** A template: text in which `{column}` stands for a column, `{id}` for the event's id, `{line}` for the line's number. */
const templateSchema = z.string();

type Template = string | { [key: string]: Template } | Template[];
const nestedTemplateSchema: z.ZodType<Template> = z.lazy(() =>
  z.union([templateSchema, z.record(z.string(), nestedTemplateSchema), z.array(nestedTemplateSchema)]),
);

/**
 * How the columns of a CSV become events. A property whose whole text is `{column:number}` becomes a number; one whose column
 * is empty is left out.
 */
export const columnMappingSchema = z.object({
  delimiter: z.string().length(1).default(','),
  /** The columns' names in order; without them the file's first line names them. */
  columns: z.array(z.string()).optional(),
  id: templateSchema,
  anonymousId: templateSchema,
  userId: templateSchema.optional(),
  /** Values of the column → event types; a value that is not listed is refused, or passes as it is when there is no list. */
  type: z.object({ column: z.string(), values: z.record(z.string(), z.string()).optional() }),
  time: z.object({ column: z.string(), unit: z.enum(['s', 'ms', 'iso']) }),
  properties: z.record(z.string(), nestedTemplateSchema).default({}),
  /** Properties added for events of one type. */
  propertiesByType: z.record(z.string(), z.record(z.string(), nestedTemplateSchema)).default({}),
  /** Whether times are moved so that the newest event is now, unless the caller says otherwise. */
  rebase: z.enum(['now', 'none']).default('none'),
});

/** A mapping, checked and with its defaults. */
export type ColumnMapping = z.infer<typeof columnMappingSchema>;
export type { Template };

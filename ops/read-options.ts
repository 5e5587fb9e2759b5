import { parseArgs } from 'node:util';
import { z } from 'zod';

/**
 * The command line's options as the schema says them. Ends the process with the usage when one is wrong (exit code 2) or `--help` is
 * asked for (0).
 */
export function readOptions<Schema extends z.ZodObject>(schema: Schema, usage: string): z.infer<Schema> {
  const parsed = schema.safeParse(givenOptions(schema, usage));
  if (!parsed.success) return refuse(z.prettifyError(parsed.error), usage);
  return parsed.data;
}

/** As `readOptions`, for a command that also takes words, e.g. `sql "SELECT 1"`. */
export function readCommand<Schema extends z.ZodObject, Words extends z.ZodType>(
  schema: Schema,
  wordsSchema: Words,
  usage: string,
): { readonly options: z.infer<Schema>; readonly words: z.infer<Words> } {
  const positionals: string[] = [];
  const parsed = schema.safeParse(givenOptions(schema, usage, positionals));
  const words = wordsSchema.safeParse(positionals);
  if (!parsed.success) return refuse(z.prettifyError(parsed.error), usage);
  if (!words.success) return refuse(`"${positionals.join(' ')}" is not understood`, usage);
  return { options: parsed.data, words: words.data };
}

/** @param positionals takes the words that are no options; without it there may be none. */
function givenOptions(schema: z.ZodObject, usage: string, positionals?: string[]): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  const options = Object.fromEntries(
    Object.entries(properties).map(([name, property]) => {
      const kind = typeof property === 'object' ? property.type : undefined;
      const type = kind === 'boolean' ? ('boolean' as const) : ('string' as const);
      return [name, { type, ...(kind === 'array' && { multiple: true }) }];
    }),
  );
  try {
    const { values: given, positionals: words } = parseArgs({
      options: { ...options, help: { type: 'boolean' } },
      allowPositionals: positionals !== undefined,
    });
    const { help, ...values } = given;
    positionals?.push(...words);
    if (!help) return values;
    process.stdout.write(`${usage}\n`);
    process.exit(0);
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), usage);
  }
}

function refuse(message: string, usage: string): never {
  process.stderr.write(`${message}\n\n${usage}\n`);
  process.exit(2);
}

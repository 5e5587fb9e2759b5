import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const item = z.union([z.string().min(1), z.number().transform(String)]);
const sessionSchema = z.object({
  s: z.union([z.string(), z.number()]).transform(String),
  t: z.number(),
  items: z.array(item),
});
const questionSchema = z.object({
  q: z.union([z.string(), z.number()]),
  prefix: z.array(item),
  target: item,
  /** What the session went on with, the target first. */
  rest: z.array(item).optional(),
});

/** A session of a log, oldest first: its items in order, `t` an order or seconds. */
export type LogSession = z.infer<typeof sessionSchema>;
/** Which item comes after `prefix`? */
export type Question = z.infer<typeof questionSchema>;

/** Streams the sessions of a JSONL file; a line that is none is an error with its number. */
export const readSessions = (file: string): AsyncGenerator<LogSession> => readLines(file, sessionSchema);
/** Streams the questions of a JSONL file. */
export const readQuestions = (file: string): AsyncGenerator<Question> => readLines(file, questionSchema);

async function* readLines<T>(file: string, schema: z.ZodType<T>): AsyncGenerator<T> {
  let line = 0;
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() !== '') yield parseLine(text, schema, `${file}:${line}`);
  }
}

function parseLine<T>(text: string, schema: z.ZodType<T>, where: string): T {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${where}: not JSON`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success)
    throw new Error(
      `${where}: ${parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ')}`,
    );
  return parsed.data;
}

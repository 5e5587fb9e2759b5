import { createWriteStream } from 'node:fs';
import { z } from 'zod';
import { readOptions } from '../read-options.ts';
import { evaluate } from './evaluate.ts';
import { readQuestions, readSessions } from './read-log.ts';

const USAGE = `usage: npm run eval -- --train FILE --test FILE [options]
  --train FILE  sessions that the model is built from, {"s","items"} a line
  --test FILE   questions, {"q","prefix","target"} a line
  --out FILE    the answers, {"q","recs"} a line, best first
  --json        report as one JSON object on stdout`;

const values = readOptions(
  z.object({ train: z.string(), test: z.string(), out: z.string().optional(), json: z.boolean().default(false) }),
  USAGE,
);
const out = values.out === undefined ? undefined : createWriteStream(values.out);
const report = await evaluate(readSessions(values.train), readQuestions(values.test), (answer) => {
  out?.write(`${JSON.stringify(answer)}\n`);
});
if (out) await new Promise((resolve) => out.end(resolve));
if (values.json) console.log(JSON.stringify(report));
else console.table(report);

import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { readOptions } from '../read-options.ts';
import { type Asked, evaluate } from './evaluate.ts';
import type { Quality } from './quality.ts';
import { readQuestions, readSessions } from './read-log.ts';

const USAGE = `usage: npm run eval -- --train FILE --test FILE [options]
  --train FILE   sessions that the model is built from, {"s","items"} a line, oldest first
  --test FILE    questions, {"q","prefix","target"} a line
  --tune         fits the ranker on the newest sessions of --train, as a shop's own job does; else the shipped one serves
  --live         lets each test session into the model after its questions; the figures are of that, the frozen ones stand beside
  --out FILE     the answers, {"q","recs"} a line, best first
  --ranker FILE  writes the ranker that served
  --json         report as one JSON object on stdout`;

const values = readOptions(
  z.object({
    train: z.string(),
    test: z.string(),
    tune: z.boolean().default(false),
    live: z.boolean().default(false),
    out: z.string().optional(),
    ranker: z.string().optional(),
    json: z.boolean().default(false),
  }),
  USAGE,
);
const out = values.out === undefined ? undefined : createWriteStream(values.out);
const { report, ranker } = evaluate(await all(readSessions(values.train)), await all(readQuestions(values.test)), {
  tune: values.tune,
  live: values.live,
  onAnswer: (answer) => out?.write(`${JSON.stringify(answer)}\n`),
});
if (out) await new Promise((resolve) => out.end(resolve));
if (values.ranker !== undefined) await writeFile(values.ranker, JSON.stringify(ranker));
if (values.json) console.log(JSON.stringify(report));
else {
  console.table({
    [report.mode]: row(report),
    [`${report.mode}, seen hidden`]: qualityRow(report.hidden),
    ...(report.frozen && { frozen: row(report.frozen), 'frozen, seen hidden': qualityRow(report.frozen.hidden) }),
  });
  const { origin, bytes, fit } = report.ranker;
  console.log(`ranker: ${origin}, ${bytes} bytes${fit ? `; ${JSON.stringify(fit)}` : ''}`);
  console.log(`model: ${report.modelBytes} bytes${report.tuneSeconds ? `; fitted in ${report.tuneSeconds} s` : ''}`);
}

async function all<T>(lines: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const line of lines) list.push(line);
  return list;
}

function row(asked: Asked) {
  return { ...qualityRow(asked), 'p50 µs': asked.p50Us, 'p99 µs': asked.p99Us };
}

function qualityRow({
  questions,
  hr10,
  mrr10,
  hr20,
  mrr20,
  hr20Error,
  mrr20Error,
  coverage,
  popularityBias,
  novelty,
}: Quality) {
  return {
    questions,
    'HR@10': hr10,
    'MRR@10': mrr10,
    'HR@20': hr20,
    'MRR@20': mrr20,
    '± HR': hr20Error,
    '± MRR': mrr20Error,
    coverage,
    popularity: popularityBias,
    novelty,
  };
}

import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { thinned } from '../../core/recommend/fit-ranker.ts';
import { readCommand } from '../read-options.ts';
import { scoreSeries } from './anomaly.ts';
import { compareHistories } from './compare-histories.ts';
import { type Asked, evaluate } from './evaluate.ts';
import type { Quality } from './quality.ts';
import { readQuestions, readSessions } from './read-log.ts';
import { readVisits } from './read-visits.ts';
import { MAX_SESSIONS, throughStack } from './through-stack.ts';

const USAGE = `usage: npm run eval -- --train FILE --test FILE [options]
       npm run eval -- --events FILE [--mapping FILE] [--json]
       npm run eval -- anomaly --data DIR --out DIR
       npm run eval -- outliers --file FILE
  --train FILE   sessions that the model is built from, {"s","items"} a line, oldest first
  --test FILE    questions, {"q","prefix","target"} a line
  --tune         fits the ranker on the newest sessions of --train, as a shop's own job does; else the shipped one serves
  --live         lets each test session into the model after its questions; the figures are of that, the frozen ones stand beside
  --stack N      sends the sessions (the newest that events may be as old as) to a whole Vitrine, publishes and fits there, asks N of the
                 questions through the API, and says how many answers are the same
  --out FILE     the answers, {"q","recs"} a line, best first
  --ranker FILE  writes the ranker that served
  --events FILE  a click log, as \`npm run replay\` reads it: says what earlier sessions, carts, orders and liked categories are worth
  --mapping FILE how the columns of its CSV become events
  --data DIR     series, *.csv with the columns timestamp,value; --out DIR gets a score from 0 to 1 for each row
  --file FILE    a CSV whose last column is 1 for outliers: how well the forest finds them (AUROC), and how fast
  --json         report as one JSON object on stdout`;

const { options: values, words } = readCommand(
  z.object({
    train: z.string().optional(),
    test: z.string().optional(),
    events: z.string().optional(),
    mapping: z.string().optional(),
    tune: z.boolean().default(false),
    live: z.boolean().default(false),
    stack: z.coerce.number().int().positive().optional(),
    out: z.string().optional(),
    ranker: z.string().optional(),
    data: z.string().optional(),
    file: z.string().optional(),
    json: z.boolean().default(false),
  }),
  z.union([z.tuple([]), z.tuple([z.enum(['anomaly', 'outliers'])])]),
  USAGE,
);
const { train, test, events } = values;
if (words[0] === 'anomaly') await scoreAnomalies();
else if (words[0] === 'outliers') await scoreOutliers();
else if (events !== undefined) await compare(events);
else if (train !== undefined && test !== undefined) await evaluateLog(train, test);
else {
  process.stderr.write(`--train and --test, or --events, are needed\n\n${USAGE}\n`);
  process.exitCode = 2;
}

async function scoreAnomalies(): Promise<void> {
  const { data, out } = values;
  if (data === undefined || out === undefined) return lacking('--data and --out');
  const done = await scoreSeries(data, out);
  console.log(values.json ? JSON.stringify(done) : `${out}: ${done.rows} rows of ${done.series} series`);
}

async function scoreOutliers(): Promise<void> {
  if (values.file === undefined) return lacking('--file');
  const { findOutliers } = await import('./outliers.ts');
  const { other, ...own } = await findOutliers(values.file);
  if (values.json) console.log(JSON.stringify({ ...own, other }));
  else {
    const { rows, features, outliers, ...figures } = own;
    console.log(`${rows} rows of ${features} features, ${outliers} outliers`);
    console.table({ 'isolation forest': figures, 'ml-isolation-forest': other });
  }
}

function lacking(what: string): void {
  process.stderr.write(`${what} must be said\n\n${USAGE}\n`);
  process.exitCode = 2;
}

async function compare(file: string): Promise<void> {
  const compared = compareHistories(await readVisits(file, values.mapping));
  if (values.json) console.log(JSON.stringify({ compared }));
  else
    console.table(
      Object.fromEntries(
        compared.map(({ name, within, short, first, gain }) => [
          name,
          {
            'HR@20': within.hr20,
            'MRR@20': within.mrr20,
            'short HR': short.hr20,
            'short MRR': short.mrr20,
            'first HR': first.hr20,
            'first MRR': first.mrr20,
            'HR gain': `${gain.hr20} ± ${gain.hr20Error}`,
            'MRR gain': `${gain.mrr20} ± ${gain.mrr20Error}`,
          },
        ]),
      ),
    );
}

async function evaluateLog(train: string, test: string): Promise<void> {
  const out = values.out === undefined ? undefined : createWriteStream(values.out);
  const all = await collect(readSessions(train));
  const sessions = values.stack === undefined ? all : all.slice(-MAX_SESSIONS);
  const questions = await collect(readQuestions(test));
  const answers = new Map<string | number, readonly string[]>();
  const { report, ranker } = evaluate(sessions, questions, {
    tune: values.tune,
    live: values.live,
    onAnswer: (answer) => {
      answers.set(answer.q, answer.recs);
      out?.write(`${JSON.stringify(answer)}\n`);
    },
  });
  const stack =
    values.stack === undefined ? undefined : await throughStack(sessions, thinned(questions, values.stack), answers);
  if (out) await new Promise((resolve) => out.end(resolve));
  if (values.ranker !== undefined) await writeFile(values.ranker, JSON.stringify(ranker));
  if (values.json) console.log(JSON.stringify({ ...report, ...(stack && { stack }) }));
  else {
    console.table({
      [report.mode]: row(report),
      [`${report.mode}, seen hidden`]: qualityRow(report.hidden),
      ...(report.frozen && { frozen: row(report.frozen), 'frozen, seen hidden': qualityRow(report.frozen.hidden) }),
    });
    const { origin, bytes, fit } = report.ranker;
    console.log(`ranker: ${origin}, ${bytes} bytes${fit ? `; ${JSON.stringify(fit)}` : ''}`);
    if (stack) {
      console.log(
        `through the stack: ${stack.same} of ${stack.asked} answers the same (${stack.sessions} sessions, fit: ${stack.fit})`,
      );
      for (const example of stack.examples) console.log(`  ${example}`);
    }
    console.log(`model: ${report.modelBytes} bytes${report.tuneSeconds ? `; fitted in ${report.tuneSeconds} s` : ''}`);
  }
}

async function collect<T>(lines: AsyncIterable<T>): Promise<T[]> {
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

import { createWriteStream } from 'node:fs';
import { parseArgs } from 'node:util';
import { evaluate } from './evaluate.ts';
import { readQuestions, readSessions } from './read-log.ts';

const { values } = parseArgs({
  options: {
    train: { type: 'string' },
    test: { type: 'string' },
    out: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});
if (!values.train || !values.test) {
  console.error('usage: npm run eval -- --train train.jsonl --test test.jsonl [--out recs.jsonl] [--json]');
  process.exit(2);
}
const out = values.out === undefined ? undefined : createWriteStream(values.out);
const report = await evaluate(readSessions(values.train), readQuestions(values.test), (answer) => {
  out?.write(`${JSON.stringify(answer)}\n`);
});
if (out) await new Promise((resolve) => out.end(resolve));
if (values.json) console.log(JSON.stringify(report));
else console.table(report);

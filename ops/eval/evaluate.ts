import {
  collectLesson,
  type Fitted,
  fitLesson,
  questionsOf,
  TAIL_QUESTIONS,
  TAIL_SESSIONS,
  TAIL_SHARE,
  thinned,
} from '../../core/recommend/fit-ranker.ts';
import { PRIOR_RANKER } from '../../core/recommend/prior-ranker.ts';
import { Ranker, type RankerTrees } from '../../core/recommend/ranker.ts';
import type { Visitor } from '../../core/recommend/scan.ts';
import { ITEMS_PER_SESSION } from '../../core/recommend/session-update.ts';
import { liveModel } from './live-model.ts';
import { type AskedModel, buildModel } from './model.ts';
import { PLACES, type Quality, QualitySums, round } from './quality.ts';
import type { LogSession, Question } from './read-log.ts';

/** What one way of asking came to: quality with seen items shown and hidden, µs a query. */
export interface Asked extends Quality {
  /** Only targets that the visitor had not seen are asked for, and what he had seen is not answered. */
  readonly hidden: Quality;
  /** The scan's own order, without a ranker. */
  readonly unranked: { readonly hr20: number; readonly mrr20: number };
  readonly p50Us: number;
  readonly p99Us: number;
}

/** The figures of the frozen model, or with `live` of the learning one, with the frozen ones beside. */
export interface Report extends Asked {
  readonly mode: 'frozen' | 'live';
  readonly modelBytes: number;
  readonly ranker: { readonly origin: 'prior' | 'own'; readonly bytes: number; readonly fit?: Omit<Fitted, 'ranker'> };
  /** What the fit took, with the index that it needs. */
  readonly tuneSeconds?: number;
  readonly frozen?: Asked;
}

/** One line of an answer file, best first. */
export interface Answer {
  readonly q: string | number;
  readonly recs: string[];
}

export interface EvaluateOptions {
  /** Fits the ranker on the newest part of the sessions; without it the prior serves. */
  readonly tune: boolean;
  /** Each test session enters the model after its questions. */
  readonly live: boolean;
  readonly onAnswer: (answer: Answer) => void;
}

const WARM_UP = 2_000;

/** Builds the model from the sessions with the code that serves, fits its ranker if asked, and asks the questions. */
export function evaluate(
  sessions: readonly LogSession[],
  questions: readonly Question[],
  { tune, live, onAnswer }: EvaluateOptions,
): { readonly report: Report; readonly ranker: RankerTrees } {
  const startedAt = performance.now();
  const fitted = tune ? fitOn(sessions) : undefined;
  const tuneSeconds = round((performance.now() - startedAt) / 1_000, 1);
  const trees = fitted?.ranker ?? PRIOR_RANKER.trees;
  const ranker = new Ranker(trees);
  const asked = bySession(questions);
  const model = buildModel(sessions);
  const silent = () => undefined;
  const frozen = ask(model, ranker, asked, live ? silent : onAnswer);
  const { ranker: _, ...fit } = fitted ?? {};
  const rest = {
    modelBytes: model.bytes,
    ranker: {
      origin: fitted?.ranker ? ('own' as const) : ('prior' as const),
      bytes: JSON.stringify(trees).length,
      ...(fitted && { fit: fit as Omit<Fitted, 'ranker'> }),
    },
    ...(tune && { tuneSeconds }),
  };
  if (!live) return { report: { mode: 'frozen', ...frozen, ...rest }, ranker: trees };
  const learning = liveModel([...sessions.map(({ items }) => items), ...asked.map(sessionItems)], sessions.length);
  const lively = ask(learning, ranker, asked, onAnswer, () => learning.learn());
  return { report: { mode: 'live', ...lively, ...rest, frozen }, ranker: trees };
}

/** Fits a ranker on the newest sessions, asked of a model without them. */
export function fitOn(sessions: readonly LogSession[]): Fitted {
  const tail = Math.min(TAIL_SESSIONS, Math.floor(sessions.length * TAIL_SHARE));
  const { scorer, blockOf, facts } = buildModel(sessions.slice(0, sessions.length - tail));
  const asked = sessions
    .slice(sessions.length - tail)
    .flatMap(({ items }) => questionsOf(items.slice(-ITEMS_PER_SESSION)));
  const lists = { scan: scorer.scan, run: (visitor: Visitor) => scorer.scan.run(visitor, blockOf, facts) };
  const lesson = ended(collectLesson(lists, thinned(asked, TAIL_QUESTIONS), PRIOR_RANKER.trees));
  return ended(fitLesson(lesson));
}

function ended<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

function ask(
  model: AskedModel,
  ranker: Ranker,
  sessions: readonly (readonly Question[])[],
  onAnswer: (answer: Answer) => void,
  onSession: () => void = () => undefined,
): Asked {
  const { scorer, blockOf, facts } = model;
  const answer = (items: readonly string[], hidden?: ReadonlySet<string>) =>
    scorer.score({ items, hidden }, blockOf, facts, ranker, PLACES).map(({ item }) => item);
  for (const { prefix } of sessions.flat().slice(0, WARM_UP)) answer(prefix);
  const shown = new QualitySums(model);
  const hidden = new QualitySums(model);
  const unranked = { hits: 0, reciprocal: 0 };
  const micros: number[] = [];
  for (const questions of sessions) {
    shown.startSession();
    hidden.startSession();
    for (const { q, prefix, target } of questions) {
      const startedAt = performance.now();
      const items = answer(prefix);
      micros.push((performance.now() - startedAt) * 1_000);
      const place = scorer.scan.indexOf(target, PLACES) + 1;
      unranked.hits += place > 0 ? 1 : 0;
      unranked.reciprocal += place > 0 ? 1 / place : 0;
      shown.add(items, target);
      onAnswer({ q, recs: items });
      const seen = new Set(prefix);
      if (!seen.has(target)) hidden.add(answer(prefix, seen), target);
    }
    onSession();
  }
  micros.sort((a, b) => a - b);
  const percentile = (p: number) => round(micros[Math.floor(micros.length * p)] ?? 0, 1);
  const rate = (sum: number) => round(sum / Math.max(1, micros.length), 5);
  return {
    ...shown.quality(),
    hidden: hidden.quality(),
    unranked: { hr20: rate(unranked.hits), mrr20: rate(unranked.reciprocal) },
    p50Us: percentile(0.5),
    p99Us: percentile(0.99),
  };
}

/** Questions of one session stand together, in either direction: what one knows of it is the beginning of what the other does. */
function bySession(questions: readonly Question[]): Question[][] {
  const sessions: Question[][] = [];
  let longest: readonly string[] = [];
  for (const question of questions) {
    const whole = knownOf(question);
    const begins = (short: readonly string[], long: readonly string[]) => short.every((item, at) => item === long[at]);
    const before = sessions.at(-1);
    const isNeighbour =
      before !== undefined && Math.abs((before.at(-1)?.prefix.length ?? 0) - question.prefix.length) === 1;
    if (isNeighbour && (begins(whole, longest) || begins(longest, whole))) {
      before.push(question);
      if (whole.length > longest.length) longest = whole;
    } else {
      sessions.push([question]);
      longest = whole;
    }
  }
  return sessions;
}

/** What a question tells of its session, with all that the session went on with, if it says so. */
function knownOf({ prefix, target, rest }: Question): string[] {
  return [...prefix, ...(rest ?? [target])];
}

/** The whole session that questions were made of. */
function sessionItems(questions: readonly Question[]): string[] {
  return questions.map(knownOf).reduce((longest, items) => (items.length > longest.length ? items : longest), []);
}

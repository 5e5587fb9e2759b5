import { type BinnedTrees, type FitParameters, fitTrees, rankerOf, scoreRows } from './fit-trees.ts';
import { Ranker, type RankerTrees } from './ranker.ts';
import type { Scan, Visitor } from './scan.ts';
import { CutSampler, TrainingRows } from './training-rows.ts';

/** What a visitor had, and what he had next. */
export interface RankingQuestion {
  readonly items: readonly string[];
  readonly target: string;
}

/** Sessions at the end of a log that are asked about, and the questions of them, at most. */
export const TAIL_SHARE = 0.12;
export const TAIL_SESSIONS = 20_000;
export const TAIL_QUESTIONS = 10_000;
/** Below so many questions with their target among the candidates nothing is fitted. */
export const MIN_QUESTIONS = 200;
/** The newest part of the questions is kept apart, to see whether the new ranker is better than the one that serves. */
const CHECKED_SHARE = 0.2;
/** One question in so many is looked at beforehand, for the cuts. */
const SAMPLED = 8;
/** Places that count. */
const PLACES = 20;

/** Hit rate and mean reciprocal rank at 20 over some questions. */
export interface Quality {
  readonly hr20: number;
  readonly mrr20: number;
}

/** What came of a fit. */
export interface Fitted {
  /** Absent when there were too few questions, or it was worse than the present one on the newest questions. */
  readonly ranker?: RankerTrees;
  readonly questions: number;
  /** Those whose target was a candidate. */
  readonly usable: number;
  /** On the newest questions, which were not fitted on. */
  readonly checked: { readonly questions: number; readonly present: Quality; readonly fitted?: Quality };
  readonly why: 'better' | 'too_few_questions' | 'not_better';
}

/** Every place of a session from its second item on, as a question. */
export function questionsOf(items: readonly string[]): RankingQuestion[] {
  return items.slice(1).map((target, at) => ({ items: items.slice(0, at + 1), target }));
}

/** At most `most` of a list, evenly spread over it. */
export function thinned<T>(list: readonly T[], most: number): T[] {
  const step = Math.max(1, list.length / most);
  return list.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
}

/** Walks the lists of a visitor's items, without the sessions that are asked about, and returns how many picks the scan has. */
export interface Lists {
  readonly scan: Scan;
  run(visitor: Visitor): number;
}

/** What a fit learns from: rows of the questions whose target was a candidate, oldest first, the last part of which is kept apart. */
export interface Lesson {
  readonly rows: TrainingRows;
  readonly questions: number;
  /** The rows' first question that is kept apart, and how many questions were, whether their target was a candidate or not. */
  readonly checkedFrom: number;
  readonly checked: number;
  /** How the present ranker does on those. */
  readonly present: Quality;
}

/** What of a lesson is kept as JSON, beside the bytes of its rows. */
export type LessonHead = Omit<Lesson, 'rows'> & Pick<TrainingRows, 'cuts' | 'starts' | 'targets'>;

export function lessonHead({ rows, ...rest }: Lesson): LessonHead {
  return { ...rest, cuts: rows.cuts, starts: rows.starts, targets: rows.targets };
}

/** @throws when the bytes are not those of the head. */
export function lessonOf({ cuts, starts, targets, ...rest }: LessonHead, bytes: Uint8Array): Lesson {
  return { ...rest, rows: TrainingRows.fromBytes(cuts, starts, targets, bytes) };
}

/** Asks the questions, oldest first. Yields how many rows it made. */
export function* collectLesson(
  { scan, run }: Lists,
  questions: readonly RankingQuestion[],
  present: RankerTrees,
): Generator<number, Lesson> {
  const checkedFrom = Math.floor(questions.length * (1 - CHECKED_SHARE));
  const sampler = new CutSampler();
  for (let at = 0; at < checkedFrom; at += SAMPLED) {
    const { items, target } = questions[at] as RankingQuestion;
    const picks = run({ items });
    const place = scan.indexOf(target, picks);
    if (place >= 0) sampler.add(scan, picks, place);
    yield picks;
  }
  const rows = new TrainingRows(yield* sampler.cuts());
  const ranker = new Ranker(present);
  const ranks: number[] = [];
  let taught = 0;
  for (const [at, { items, target }] of questions.entries()) {
    const picks = run({ items });
    const place = scan.indexOf(target, picks);
    if (at < checkedFrom && place >= 0) taught += 1;
    if (at >= checkedFrom) ranks.push(place < 0 ? 0 : rankOf(ranker.score(scan.features, picks), place, 0, picks));
    if (place >= 0) rows.add(scan, picks, place);
    yield picks;
  }
  return {
    rows,
    questions: questions.length,
    checkedFrom: taught,
    checked: ranks.length,
    present: qualityOf(ranks, ranks.length),
  };
}

/** How far a fit is: the trees that were fitted without the newest questions, and those that were fitted on all. */
export interface FitProgress {
  readonly taught: BinnedTrees;
  readonly all: BinnedTrees;
}

/**
 * Fits a ranker: once without the newest questions, on which it is held against the present one, and if it is no worse, on all of them. Yields
 * how many rows it looked at, so that the caller can let others run between two steps, and keep `progress`, from which a fit goes on.
 */
export function* fitLesson(
  { rows, questions, checkedFrom, checked, present }: Lesson,
  progress: FitProgress = noProgress(),
  parameters?: FitParameters,
): Generator<number, Fitted> {
  const counted = { questions, usable: rows.questions };
  if (checkedFrom < MIN_QUESTIONS || checked === 0)
    return { ...counted, checked: { questions: checked, present }, why: 'too_few_questions' };
  yield* fitTrees(rows, checkedFrom, progress.taught, parameters);
  const scores = new Float32Array(rows.rowsOf(rows.questions));
  yield* scoreRows(rows, progress.taught, scores);
  const ranks: number[] = [];
  for (let question = checkedFrom; question < rows.questions; question += 1)
    ranks.push(rankOf(scores, rows.targets[question] as number, rows.rowsOf(question), rows.rowsOf(question + 1)));
  yield scores.length;
  const fitted = qualityOf(ranks, checked);
  const outcome = { ...counted, checked: { questions: checked, present, fitted } };
  if (fitted.hr20 + fitted.mrr20 < present.hr20 + present.mrr20) return { ...outcome, why: 'not_better' };
  yield* fitTrees(rows, rows.questions, progress.all, parameters);
  return { ...outcome, ranker: rankerOf(progress.all, rows.cuts), why: 'better' };
}

/** A fit that was not begun. */
export function noProgress(): FitProgress {
  const none = (): BinnedTrees => ({ features: [], bins: [], values: [] });
  return { taught: none(), all: none() };
}

/** The rank of a row among those from `from` to `to`, from 1; ties go to the earlier row. */
function rankOf(scores: Float32Array, target: number, from: number, to: number): number {
  const own = scores[target] as number;
  let rank = 1;
  for (let row = from; row < to; row += 1) {
    const score = scores[row] as number;
    if (score > own || (score === own && row < target)) rank += 1;
  }
  return rank;
}

/** `ranks`: 0 where the target was not answered. */
function qualityOf(ranks: readonly number[], questions: number): Quality {
  const hits = ranks.filter((rank) => rank > 0 && rank <= PLACES);
  const all = Math.max(1, questions);
  return { hr20: hits.length / all, mrr20: hits.reduce((sum, rank) => sum + 1 / rank, 0) / all };
}

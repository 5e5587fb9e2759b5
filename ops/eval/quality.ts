import type { AskedModel } from './model.ts';

/** Places of an answer that are looked at. */
export const PLACES = 20;

/** What a model's answers are worth. Rates of questions, in [0, 1]. */
export interface Quality {
  readonly questions: number;
  readonly hr10: number;
  readonly mrr10: number;
  readonly hr20: number;
  readonly mrr20: number;
  /** Standard errors, clustered by session: questions of one session are no independent draws. */
  readonly hr20Error: number;
  readonly mrr20Error: number;
  /** Share of all items that any answer held. */
  readonly coverage: number;
  /** Mean sessions of an answered item over mean sessions of a target: above 1 the popular is answered more than it is chosen. */
  readonly popularityBias: number;
  /** Mean self-information of an answered item, bits: −log2 of its share of sessions (Vargas and Castells, RecSys 2011). */
  readonly novelty: number;
}

/** Sums up answers, session by session. */
export class QualitySums {
  private readonly model: AskedModel;
  private readonly answered = new Set<string>();
  private questions = 0;
  private readonly hits = { hr10: 0, mrr10: 0, hr20: 0, mrr20: 0 };
  private answers = 0;
  private answerSessions = 0;
  private targetSessions = 0;
  private information = 0;
  /** By session: questions, hits and reciprocal ranks at 20. */
  private readonly sessions: { n: number; hr: number; mrr: number }[] = [];

  constructor(model: AskedModel) {
    this.model = model;
  }

  /** Questions that come now are of another session. */
  startSession(): void {
    this.sessions.push({ n: 0, hr: 0, mrr: 0 });
  }

  add(items: readonly string[], target: string): void {
    const rank = items.indexOf(target) + 1;
    const hit = rank > 0 && rank <= PLACES;
    const session = this.sessions.at(-1);
    this.questions += 1;
    if (hit) {
      this.hits.hr20 += 1;
      this.hits.mrr20 += 1 / rank;
      if (rank <= 10) {
        this.hits.hr10 += 1;
        this.hits.mrr10 += 1 / rank;
      }
    }
    if (session) {
      session.n += 1;
      session.hr += hit ? 1 : 0;
      session.mrr += hit ? 1 / rank : 0;
    }
    this.targetSessions += this.model.countOf(target);
    for (const item of items.slice(0, PLACES)) {
      const count = Math.max(1, this.model.countOf(item));
      this.answered.add(item);
      this.answers += 1;
      this.answerSessions += count;
      this.information -= Math.log2(count / this.model.facts.sessions);
    }
  }

  quality(): Quality {
    const { questions, answers, hits } = this;
    const rate = (sum: number) => round(sum / Math.max(1, questions), 5);
    return {
      questions,
      hr10: rate(hits.hr10),
      mrr10: rate(hits.mrr10),
      hr20: rate(hits.hr20),
      mrr20: rate(hits.mrr20),
      hr20Error: round(this.error('hr'), 5),
      mrr20Error: round(this.error('mrr'), 5),
      coverage: round(this.answered.size / Math.max(1, this.model.items), 4),
      popularityBias: round(
        this.answerSessions / Math.max(1, answers) / Math.max(1e-9, this.targetSessions / Math.max(1, questions)),
        3,
      ),
      novelty: round(this.information / Math.max(1, answers), 3),
    };
  }

  /** Of a ratio of sums over clusters: the root of Σ (sum − rate·n)², over all questions. */
  private error(what: 'hr' | 'mrr'): number {
    const rate = this.sessions.reduce((sum, session) => sum + session[what], 0) / Math.max(1, this.questions);
    const squares = this.sessions.reduce((sum, session) => sum + (session[what] - rate * session.n) ** 2, 0);
    return Math.sqrt(squares) / Math.max(1, this.questions);
  }
}

export function round(value: number, digits: number): number {
  return Math.round(value * 10 ** digits) / 10 ** digits;
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FEATURES, RANKED } from '../../core/recommend/features.ts';
import { evaluate } from './evaluate.ts';
import { liveModel } from './live-model.ts';
import { type AskedModel, buildModel } from './model.ts';
import { QualitySums } from './quality.ts';

const item = fc.integer({ min: 0, max: 8 }).map((n) => `i${n}`);
const logs = fc.array(fc.array(item, { minLength: 1, maxLength: 6 }), { minLength: 2, maxLength: 30 });

/** Items and features of a model's picks for a visitor; `without` names features that are left out. */
function picksOf({ scorer: { scan }, blockOf, facts }: AskedModel, items: string[], without: readonly string[] = []) {
  const picks = scan.run({ items }, blockOf, facts);
  return Array.from({ length: picks }, (_, pick) => [
    scan.itemAt(pick),
    ...FEATURES.map((name, column) =>
      without.includes(name) ? 0 : expect.closeTo(scan.features[column * RANKED + pick] as number, 4),
    ),
  ]);
}
/** As they are, to be held against what `picksOf` expects. */
function found(model: AskedModel, items: string[], without: readonly string[] = []) {
  const { scan } = model.scorer;
  const picks = scan.run({ items }, model.blockOf, model.facts);
  return Array.from({ length: picks }, (_, pick) => [
    scan.itemAt(pick),
    ...FEATURES.map((name, column) => (without.includes(name) ? 0 : scan.features[column * RANKED + pick])),
  ]);
}

describe('a model that learns', () => {
  it('is what it would be, had it known from the beginning', () => {
    fc.assert(
      fc.property(logs, fc.nat(), fc.array(item, { minLength: 1, maxLength: 5 }), (sessions, at, visitor) => {
        const known = 1 + (at % (sessions.length - 1));
        const grown = liveModel(sessions, known);
        for (let session = known; session < sessions.length; session += 1) grown.learn();
        expect(found(grown, visitor)).toEqual(picksOf(liveModel(sessions, sessions.length), visitor));
      }),
    );
  });

  it('tells what is recent by the newest twentieth of its sessions', () => {
    const item = fc.integer({ min: 0, max: 3 }).map((n) => `i${n}`);
    const many = fc.array(fc.array(item, { minLength: 1, maxLength: 4 }), { minLength: 30, maxLength: 90 });
    fc.assert(
      fc.property(many, item, (sessions, visited) => {
        const live = liveModel(sessions, 20);
        for (let session = 20; session < sessions.length; session += 1) live.learn();
        const { scan } = live.scorer;
        const picks = scan.run({ items: [visited] }, live.blockOf, live.facts);
        const holding = (of: readonly string[][], wanted: string) =>
          of.filter((items) => items.includes(wanted)).length;
        for (let pick = 0; pick < picks; pick += 1) {
          const recent = holding(sessions.slice(Math.floor(sessions.length * 0.95)), scan.itemAt(pick));
          const trend = (recent + 0.5) / (0.05 * holding(sessions, scan.itemAt(pick)) + 0.5);
          expect(scan.features[FEATURES.indexOf('trend') * RANKED + pick]).toBeCloseTo(trend, 4);
        }
      }),
    );
  });

  it('knows nothing of what comes: it answers as the frozen model of the same sessions', () => {
    fc.assert(
      fc.property(logs, logs, fc.array(item, { minLength: 1, maxLength: 5 }), (sessions, later, visitor) => {
        const frozen = buildModel(sessions.map((items, s) => ({ s: String(s), t: s, items })));
        const live = liveModel([...sessions, ...later], sessions.length);
        // Blocks hold counts to 2%, and tell what is recent by the hour.
        const rough = ['score', 'sessions', 'pairs', 'flat', 'count', 'trend'];
        const byItem = (rows: unknown[][]) => rows.toSorted((a, b) => (String(a[0]) < String(b[0]) ? -1 : 1));
        expect(byItem(found(live, visitor, rough))).toEqual(byItem(picksOf(frozen, visitor, rough)));
      }),
    );
  });
});

describe('the evaluation', () => {
  it('counts questions of a session as one draw, whichever of them comes first', ({ expect }) => {
    const sessions = Array.from({ length: 60 }, (_, s) => ({ s: String(s), t: s, items: ['a', 'b', 'c', 'd'] }));
    const questions = ['d', 'c', 'b'].map((target, at) => ({
      q: at,
      prefix: ['a', 'b', 'c'].slice(0, 3 - at),
      target,
    }));
    const run = (asked: typeof questions) => {
      const recs: unknown[] = [];
      const { report } = evaluate(sessions, asked, { tune: false, live: true, onAnswer: ({ q }) => recs.push(q) });
      return { report, recs };
    };
    const { report, recs } = run(questions);
    expect(recs).toEqual([0, 1, 2]);
    expect(report).toMatchObject({
      mode: 'live',
      questions: 3,
      hr20: 1,
      hidden: { questions: 3, hr20: 1 },
      ranker: { origin: 'prior' },
    });
    expect(run(questions.toReversed()).report.frozen?.mrr20).toBe(report.frozen?.mrr20);
  });

  it('has the standard error of a ratio over sessions', ({ expect }) => {
    const model = buildModel([{ s: '0', t: 0, items: ['a', 'b'] }]);
    const sums = new QualitySums(model);
    // Two sessions: three hits of three, none of one.
    sums.startSession();
    for (let n = 0; n < 3; n += 1) sums.add(['a'], 'a');
    sums.startSession();
    sums.add(['a'], 'b');
    const quality = sums.quality();
    expect([quality.hr20, quality.mrr20, quality.coverage]).toEqual([0.75, 0.75, 0.5]);
    // √((3 − .75·3)² + (0 − .75·1)²) / 4
    expect(quality.hr20Error).toBeCloseTo(Math.sqrt(2 * 0.75 ** 2) / 4, 5);
  });
});

import { describe, it } from 'vitest';
import { METRICS } from './catalogue.ts';
import { Exposition } from './exposition.ts';

describe('an exposition', () => {
  it('has help, type and series by metric, in the order of the catalogue', ({ expect }) => {
    const text = new Exposition('shop')
      .set('vitrine_ranker_fit_questions', { kind: 'all' }, 10)
      .set('vitrine_model_held', {}, true)
      .set('vitrine_ranker_fit_questions', { kind: 'usable' }, 2.5)
      .text();
    expect(text.split('\n')).toEqual([
      `# HELP vitrine_model_held ${METRICS.vitrine_model_held.help}`,
      '# TYPE vitrine_model_held gauge',
      'vitrine_model_held{site="shop"} 1',
      `# HELP vitrine_ranker_fit_questions ${METRICS.vitrine_ranker_fit_questions.help}`,
      '# TYPE vitrine_ranker_fit_questions gauge',
      'vitrine_ranker_fit_questions{site="shop",kind="all"} 10',
      'vitrine_ranker_fit_questions{site="shop",kind="usable"} 2.5',
      '',
    ]);
  });

  it('lets no value of a label end it', ({ expect }) => {
    const text = new Exposition('a"b\\c\nd').set('vitrine_model_items', {}, 1).text();
    expect(text.split('\n')[2]).toBe('vitrine_model_items{site="a\\"b\\\\c\\nd"} 1');
  });
});

describe('the catalogue', () => {
  it.for(Object.entries(METRICS))('names and explains %s as Prometheus asks', ([name, { type, help }], { expect }) => {
    expect(name).toMatch(/^vitrine_[a-z]+(_[a-z0-9]+)*$/);
    expect(name.endsWith('_total')).toBe((type as string) === 'counter');
    expect(help).toMatch(/^[A-Z].*\.$/);
    expect(help).not.toContain('\n');
  });
});

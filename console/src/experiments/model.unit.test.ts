import { describe, it } from 'vitest';
import { experimentSchema } from '../../../core/experiments/definition.ts';
import { ageWords, intervalWords, meanWords, newExperiment, percentWords } from './model.ts';

describe('an experiment in words', () => {
  it('begins as one that the API takes', ({ expect }) => {
    expect(experimentSchema.parse(newExperiment('one'))).toEqual(newExperiment('one'));
  });

  it('says numbers as people do', ({ expect }) => {
    expect(percentWords(0.0421)).toBe('+4.2 %');
    expect(percentWords(-0.5)).toBe('−50.0 %');
    expect(meanWords('conversion', 0.031, 'EUR')).toBe('3.1 %');
    expect(meanWords('clicks', 0.25, null)).toBe('0.250');
    expect(meanWords('revenue', 1.5, null)).toBe('1.50');
    expect(intervalWords({ value: 0.1, low: -0.05, high: 0.25 })).toBe('+10.0 %, between −5.0 % and +25.0 %');
    const hour = 3_600_000;
    expect([0, hour, 47 * hour, 49 * hour].map((to) => ageWords(0, to))).toEqual([
      ...['less than an hour', '1 hour', '47 hours', '2 days'],
    ]);
  });
});

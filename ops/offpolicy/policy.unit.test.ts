import { DuckDBInstance } from '@duckdb/node-api';
import { describe, it } from 'vitest';
import { logSql, policyOf, policySchema, unknownVariants } from './policy.ts';

const file = (more: object = {}) => policySchema.parse({ experiment: 'hero', policy: { '*': { a: 1 } }, ...more });

describe('a policy', () => {
  it('gives what it says of a context, and else what it says of all others', ({ expect }) => {
    const policy = policyOf(file({ context: 'device', policy: { mobile: { a: 0.25, b: 0.75 }, '*': { a: 1 } } }));
    expect(policy('mobile')).toEqual({ a: 0.25, b: 0.75 });
    expect(policy('desktop')).toEqual({ a: 1 });
  });

  it('is refused with what is wrong', ({ expect }) => {
    const fault = (more: object) => policySchema.safeParse({ experiment: 'hero', ...more }).error?.issues[0]?.message;
    expect(fault({ policy: { '*': { a: 0.5 } } })).toBe('the probabilities must add up to 1');
    expect(fault({ policy: { mobile: { a: 1 } } })).toBe('there must be a "*" for all others');
    expect(unknownVariants(file({ policy: { '*': { a: 0.5, c: 0.5 } } }), ['a', 'b'])).toEqual(['c']);
  });

  it('is judged by each visitor’s first impression, and what he did in the 30 days after', async ({ expect }) => {
    const connection = await (await DuckDBInstance.create()).connect();
    await connection.run(
      'CREATE TABLE events (ledger TEXT, event_id TEXT, time TIMESTAMP, type TEXT, decision TEXT, device TEXT, total DOUBLE, bot BOOLEAN)',
    );
    const trial = (number: number, variant: number, propensity = 0.5) => ({ number, variant, propensity });
    const add = (
      ledger: string,
      day: number,
      type: string,
      { trials, total, bot = false }: { trials?: object[]; total?: number; bot?: boolean } = {},
    ) =>
      connection.run('INSERT INTO events VALUES ($1, $2, $3::TIMESTAMP, $4, $5, $6, $7, $8)', [
        ...[ledger, `${ledger}${day}${type}`, new Date(Date.UTC(2026, 0, day)).toISOString().slice(0, 19), type],
        ...[trials ? JSON.stringify({ id: 'x', trials }) : null, 'mobile', total ?? null, bot],
      ]);
    const shown = 'recommendation_shown';
    await add('ann', 1, 'order_completed', { total: 7 });
    await add('ann', 2, shown, { trials: [trial(9, 0), trial(1, 1, 0.25)] });
    await add('ann', 3, shown, { trials: [trial(1, 0)] });
    await add('ann', 4, 'recommendation_clicked', { trials: [trial(1, 1, 0.25)] });
    await add('ann', 5, 'order_completed', { total: 30 });
    await add('ann', 60, 'order_completed', { total: 500 });
    await add('ben', 2, shown, { trials: [trial(1, 0)] });
    await add('ben', 3, 'recommendation_clicked', { trials: [trial(11, 0)] });
    await add('cat', 2, shown, { trials: [trial(9, 0)] });
    await add('bot', 2, shown, { trials: [trial(1, 0)], bot: true });
    await add('dan', 2, shown);
    const rows = async (reward: string) =>
      (
        await connection.runAndReadAll(`${logSql(file({ reward, context: 'device' }), 1)} ORDER BY variant`)
      ).getRowObjectsJson();
    const [ben, ann] = [
      { context: 'mobile', variant: 0, propensity: 0.5 },
      { context: 'mobile', variant: 1, propensity: 0.25 },
    ];
    expect(await rows('order')).toEqual([
      { ...ben, reward: 0 },
      { ...ann, reward: 1 },
    ]);
    expect(await rows('revenue')).toEqual([
      { ...ben, reward: 0 },
      { ...ann, reward: 30 },
    ]);
    expect(await rows('click')).toEqual([
      { ...ben, reward: 0 },
      { ...ann, reward: 1 },
    ]);
    connection.closeSync();
  });
});

import { env } from 'cloudflare:workers';
import { describe, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../core/time.ts';
import { sweepRows } from '../../jobs/sweep/sweep-rows.ts';
import { GUARD_BUCKET_MS } from '../../stores/rollups/record-rollups.ts';

const NOW = Date.parse('2026-05-01T12:00:00Z');

describe('the sweep', () => {
  it('forgets guard rows that no message can need any more, and rollups past their time; nothing younger', async ({
    expect,
  }) => {
    const site = crypto.randomUUID();
    const guard = (days: number) => Math.floor((NOW - days * DAY_MS) / GUARD_BUCKET_MS);
    const hour = (days: number) => Math.floor((NOW - days * DAY_MS) / HOUR_MS);
    await env.DB.batch([
      ...[16, 14].map((days) =>
        env.DB.prepare('INSERT INTO rollup_guard (site, bucket, version, messages) VALUES (?, ?, 1, ?)').bind(
          site,
          guard(days),
          new ArrayBuffer(8),
        ),
      ),
      ...[396, 394].map((days) =>
        env.DB.prepare("INSERT INTO rollups (site, hour, type, events) VALUES (?, ?, 'page_viewed', 1)").bind(
          site,
          hour(days),
        ),
      ),
    ]);
    await sweepRows(env, NOW);
    const left = async (column: string, table: string) =>
      (await env.DB.prepare(`SELECT ${column} AS n FROM ${table} WHERE site = ?`).bind(site).all<{ n: number }>())
        .results;
    expect(await left('bucket', 'rollup_guard')).toEqual([{ n: guard(14) }]);
    expect(await left('hour', 'rollups')).toEqual([{ n: hour(394) }]);
  });
});

import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { selector } from '../../core/alerts/promql.ts';
import { nameFaults } from './check-names.ts';
import { dashboardFiles } from './dashboards.ts';
import { hasPromtool, promtoolFaults } from './promtool.ts';
import { rulesFile, ruleTestsFile } from './rule-files.ts';

const MADE = 'ops/monitoring/made';
const read = (file: string) => readFileSync(`${MADE}/${file}`, 'utf8');

describe('what operators load', () => {
  it('is as the code makes it', ({ expect }) => {
    expect(read('prometheus/vitrine.rules.yml')).toBe(rulesFile());
    expect(read('prometheus/vitrine.rules.test.yml')).toBe(ruleTestsFile('vitrine.rules.yml'));
    for (const [name, text] of dashboardFiles()) expect(read(`grafana/${name}`)).toBe(text);
  });

  it('names metrics that there are, looks at each, and has a runbook for each alert', ({ expect }) => {
    expect(nameFaults('docs/runbooks')).toEqual([]);
    expect(nameFaults('docs/runbooks', ['rate(vitrine_evnts_total[5m])'])).toEqual([
      'vitrine_evnts_total: is named, and is no metric of the catalogue',
    ]);
    expect(() => selector('vitrine_events_total', { outcom: 'late' })).toThrow('has no label "outcom"');
    expect(() => selector('vitrine_evnts_total' as 'vitrine_events_total')).toThrow('is no metric of the catalogue');
  });

  it('has panels that do not overlap, each with its lines', ({ expect }) => {
    for (const text of dashboardFiles().values()) {
      const { panels, uid, schemaVersion } = JSON.parse(text);
      expect([uid, schemaVersion]).toEqual([expect.stringMatching(/^vitrine-/), 39]);
      const places = panels.map(({ gridPos: { x, y } }: { gridPos: { x: number; y: number } }) => `${x},${y}`);
      expect(new Set(places).size).toBe(places.length);
      for (const { targets } of panels) expect(targets.length).toBeGreaterThan(0);
    }
  });

  it.skipIf(!hasPromtool())(
    'is what Prometheus takes: rules, a firing and a quiet case of each, metrics, panels',
    ({ expect }) => {
      expect(
        promtoolFaults(`${MADE}/prometheus/vitrine.rules.yml`, `${MADE}/prometheus/vitrine.rules.test.yml`),
      ).toEqual([]);
    },
    120_000,
  );
});

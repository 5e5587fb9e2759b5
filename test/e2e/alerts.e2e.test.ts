import path from 'node:path';
import { expect, it } from 'vitest';
import { hasAlertmanager, runAlerts } from '../drill/run-alerts.ts';

// Debian’s packages prometheus and prometheus-alertmanager; CI installs them. How soon each rule fires, promtool’s clock tells.
it.skipIf(!hasAlertmanager())(
  'Prometheus and Alertmanager call somebody when the queue refuses all events, and say when it is over',
  async () => {
    const root = path.resolve(import.meta.dirname, '../..');
    const { alerts, early, sent } = await runAlerts(root, { speed: 40, outages: ['queue'], hurries: true });
    expect(early).toEqual([]);
    expect(sent).toBeGreaterThan(100);
    expect(alerts).toEqual([
      {
        alert: 'VitrineAcceptFailedFast',
        pagedAfterSeconds: expect.any(Number),
        clearedAfterSeconds: expect.any(Number),
      },
    ]);
  },
);

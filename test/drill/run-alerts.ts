import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';
import { rulesFile } from '../../ops/monitoring/rule-files.ts';
import { waitUntil } from '../../ops/wait-until.ts';
import { openStage, SITE, type Stage } from './stage.ts';

const ALERTMANAGER = 'prometheus-alertmanager';
/** The outages that can be made, and the alert that is to call somebody of each. */
const OUTAGES = {
  queue: { alert: 'VitrineAcceptFailedFast', faults: { queueUntil: Number.MAX_SAFE_INTEGER } },
  profiles: { alert: 'VitrineReadsDegradedFast', faults: { reads: { profile: 'slow' } } },
} as const;
export type AlertedOutage = keyof typeof OUTAGES;

/** How the drill is run. */
export interface AlertsOptions {
  /** Rules look back, and wait, so many times shorter: at 10 a minute of theirs takes six seconds. */
  readonly speed: number;
  readonly outages: readonly AlertedOutage[];
  /** The Worker hurries as the rules do: what it gathers for ten seconds is told within less than one. */
  readonly hurries?: boolean;
}
const PAUSE_MS = 50;
/** Before anything happens, on the rules’ clock. */
const WARM_SECONDS = 150;
/** How long a page, and the end of one, is waited for, on the true clock: the longest of the short windows, half an hour of theirs, must be good again. */
const MODEL_PATIENCE_MS = 90_000;
const PAGE_PATIENCE_MS = 60_000;
const END_PATIENCE_MS = 240_000;

/** What the drill of the alerts found; seconds as rules count them. */
export interface AlertsReport {
  readonly alerts: readonly {
    readonly alert: string;
    readonly pagedAfterSeconds: number | null;
    readonly clearedAfterSeconds: number | null;
  }[];
  /** Alerts that called somebody before anything had happened. */
  readonly early: readonly string[];
  readonly sent: number;
}

/** Whether Debian's Prometheus and Alertmanager are there. */
export function hasAlertmanager(): boolean {
  return ['prometheus', ALERTMANAGER].every((name) => spawnSync(name, ['--version']).status === 0);
}

/**
 * The real Prometheus scrapes the real stack, and the real Alertmanager calls: the queue refuses all events, or profiles do not answer, until somebody
 * has been called for each; then all is well, until each call is over.
 *
 * @param root the project to run.
 */
export async function runAlerts(
  root: string,
  { speed, outages, hurries = false }: AlertsOptions,
): Promise<AlertsReport> {
  if (!hasAlertmanager()) throw new Error('Install Debian’s packages prometheus and prometheus-alertmanager.');
  const folder = mkdtempSync(path.join(tmpdir(), 'vitrine-alerts-'));
  const stage = await openStage(root);
  const pager = await startPager();
  const processes: ChildProcess[] = [];
  const warmMs = Math.max(5_000, (WARM_SECONDS * 1_000) / speed);
  const wanted = outages.map((outage) => OUTAGES[outage].alert);
  let running = true;
  try {
    processes.push(...(await startMonitoring(folder, stage.vitrine.url, pager.url, speed)));
    await fillCatalogue(stage);
    await stage.tell({ hurry: hurries ? speed : 1 });
    const traffic = { sent: 0 };
    const visiting = visit(stage, traffic, () => running);
    await sleep(warmMs / 2);
    if (outages.includes('profiles')) await publishModel(stage);
    await sleep(warmMs / 2);
    const early = [...pager.fired.keys()];
    const begun = Date.now();
    await stage.tell(Object.assign({}, ...outages.map((outage) => OUTAGES[outage].faults)));
    const all = await called(wanted, pager.fired, PAGE_PATIENCE_MS);
    const ended = Date.now();
    await stage.tell({ queueUntil: 0, reads: {} });
    if (all) await called(wanted, pager.resolved, END_PATIENCE_MS);
    running = false;
    await visiting;
    const seconds = (times: ReadonlyMap<string, number>, alert: string, from: number) => {
      const at = times.get(alert);
      return at === undefined ? null : Math.round(((at - from) * speed) / 1_000);
    };
    const alerts = wanted.map((alert) => ({
      alert,
      pagedAfterSeconds: seconds(pager.fired, alert, begun),
      clearedAfterSeconds: seconds(pager.resolved, alert, ended),
    }));
    return { alerts, early, sent: traffic.sent };
  } finally {
    running = false;
    for (const child of processes) child.kill('SIGKILL');
    pager.close();
    await stage.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Waits until somebody was told of all that are wanted, or for as long as it may take; says whether he was. */
async function called(
  wanted: readonly string[],
  times: ReadonlyMap<string, number>,
  patienceMs: number,
): Promise<boolean> {
  const isTold = () => wanted.every((alert) => times.has(alert));
  await waitUntil('all alerts are told', async () => isTold(), patienceMs).catch(() => undefined);
  return isTold();
}

async function fillCatalogue({ vitrine }: Stage): Promise<void> {
  const items = Array.from({ length: 20 }, (_, n) => ({ id: `p${n}`, title: `Product ${n}`, url: `/p/${n}` }));
  const response = await fetch(`${vitrine.url}/api/catalog`, {
    method: 'POST',
    headers: { authorization: `Bearer ${SITE.secretKey}` },
    body: items.map((item) => JSON.stringify(item)).join('\n'),
  });
  if (!response.ok) throw new Error(`POST /api/catalog: ${response.status} ${await response.text()}`);
  await response.text();
}

/** A model of what was viewed: without one nobody would miss a profile. */
async function publishModel({ vitrine }: Stage): Promise<void> {
  const isServed = async () => {
    await vitrine.scheduled();
    const response = await fetch(`${vitrine.url}/v/recommendations?anonymousId=v1&slot=home`, {
      headers: { authorization: `Bearer ${SITE.secretKey}` },
    });
    return ((await response.json()) as { tier: string }).tier === 'live';
  };
  await waitUntil('slots are filled from live profiles', isServed, MODEL_PATIENCE_MS);
}

/** Brings events and reads slots, a few times a second. */
async function visit({ vitrine }: Stage, traffic: { sent: number }, goesOn: () => boolean): Promise<void> {
  const ask = async (where: string, init: RequestInit = {}) => {
    const response = await fetch(`${vitrine.url}${where}`, init).catch(() => undefined);
    await response?.arrayBuffer();
  };
  for (let n = 0; goesOn(); n += 1) {
    const event = {
      id: `alerts-${n}`,
      type: 'product_viewed',
      occurredAt: new Date().toISOString(),
      anonymousId: `v${n % 20}`,
      properties: { product_id: `p${n % 7}` },
    };
    await Promise.all([
      ask(`/v/events?key=${SITE.writeKey}`, { method: 'POST', body: JSON.stringify({ events: [event] }) }),
      ask(`/v/recommendations?anonymousId=v${n % 20}&slot=home`, {
        headers: { authorization: `Bearer ${SITE.secretKey}` },
      }),
    ]);
    traffic.sent += 1;
    await sleep(PAUSE_MS);
  }
}

/** Who is called: an endpoint for Alertmanager's webhooks. */
async function startPager() {
  const fired = new Map<string, number>();
  const resolved = new Map<string, number>();
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (part) => {
      body += part;
    });
    request.on('end', () => {
      const { alerts } = JSON.parse(body) as { alerts: { status: string; labels: { alertname: string } }[] };
      for (const { status, labels } of alerts) {
        const times = status === 'firing' ? fired : resolved;
        if (!times.has(labels.alertname)) times.set(labels.alertname, Date.now());
      }
      response.end();
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return { fired, resolved, url: `http://127.0.0.1:${port}/`, close: () => server.close() };
}

async function startMonitoring(
  folder: string,
  vitrineUrl: string,
  pagerUrl: string,
  speed: number,
): Promise<ChildProcess[]> {
  const write = (name: string, content: unknown) => {
    const file = path.join(folder, name);
    writeFileSync(file, typeof content === 'string' ? content : stringify(content, { lineWidth: 0 }));
    return file;
  };
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  const rules = write('rules.yml', faster(rulesFile(), speed));
  const alertmanager = write('alertmanager.yml', {
    route: {
      receiver: 'pager',
      group_by: ['alertname'],
      group_wait: '0s',
      group_interval: `${10_000 / speed}ms`,
      repeat_interval: '1h',
    },
    receivers: [{ name: 'pager', webhook_configs: [{ url: pagerUrl, send_resolved: true }] }],
  });
  const interval = `${10_000 / speed}ms`;
  const prometheus = write('prometheus.yml', {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    rule_files: [rules],
    scrape_configs: [
      {
        job_name: 'vitrine',
        authorization: { credentials: SITE.secretKey },
        static_configs: [{ targets: [new URL(vitrineUrl).host] }],
      },
    ],
    alerting: { alertmanagers: [{ static_configs: [{ targets: [`127.0.0.1:${alertmanagerPort}`] }] }] },
  });
  const start = (name: string, args: readonly string[]) => spawn(name, args, { stdio: 'ignore', cwd: folder });
  const processes = [
    start(ALERTMANAGER, [
      `--config.file=${alertmanager}`,
      `--storage.path=${path.join(folder, 'alertmanager')}`,
      `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
      '--cluster.listen-address=',
    ]),
    start('prometheus', [
      `--config.file=${prometheus}`,
      `--storage.tsdb.path=${path.join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${prometheusPort}`,
    ]),
  ];
  for (const port of [alertmanagerPort, prometheusPort])
    await waitUntil(
      'Prometheus and Alertmanager are ready',
      async () => (await fetch(`http://127.0.0.1:${port}/-/ready`).catch(() => undefined))?.ok === true,
      30_000,
    );
  return processes;
}

/** The rules, with each window, offset and time to wait shorter. */
function faster(rules: string, speed: number): string {
  const shorter = (duration: string) => {
    const ms = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[duration.at(-1) ?? 'm'] ?? 0;
    return `${Math.round((Number.parseInt(duration, 10) * ms) / speed)}ms`;
  };
  return rules
    .replaceAll(/\[(\d+[smhd])\]/g, (_, duration: string) => `[${shorter(duration)}]`)
    .replaceAll(/(offset |for: )(\d+[smhd])/g, (_, before: string, duration: string) => before + shorter(duration));
}

async function freePort(): Promise<number> {
  const server = createTcpServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

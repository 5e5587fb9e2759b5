import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { describeLine } from '../../ops/start/describe-line.ts';
import { type Demo, startDemo } from '../../ops/start/start-demo.ts';
import { runCommand } from './run-command.ts';

const ORIGIN = 'https://shop.example';
const lines: string[] = [];
let stateDir: string;
let demo: Demo | undefined;
beforeAll(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), 'vitrine-site-'));
  demo = await start();
});
afterAll(async () => {
  await demo?.stop();
  await rm(stateDir, { recursive: true, force: true });
});

const start = () =>
  startDemo({
    stateDir,
    port: 0,
    shopPort: 0,
    shoppers: false,
    log: (line) => {
      const text = describeLine(line);
      if (text !== undefined) lines.push(text);
    },
  });
const site = (...args: string[]) => runCommand('ops/site/main.ts', ['--state', stateDir, ...args]);
const keyIn = (out: string, kind: string) => new RegExp(`^${kind} key +(\\S+) +\\(id`, 'm').exec(out)?.[1] ?? '';

async function post(key: string, body: unknown): Promise<Response> {
  return fetch(`${demo?.vitrine.url}/v/events`, {
    method: 'POST',
    headers: { 'x-vitrine-key': key, origin: ORIGIN, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
}

describe('npm run site where npm start runs', () => {
  it('prints keys and a script tag that work at once, and the log tells of each request and refusal', async ({
    expect,
  }) => {
    const made = await site('--id', 'shop', '--origin', ORIGIN);
    expect([made.code, made.err]).toEqual([0, '']);
    expect(made.out).toContain(`<script async src="${demo?.vitrineUrl}/v/beacon.js" data-key="wk_`);
    const event = {
      id: randomUUID(),
      type: 'product_viewed',
      occurredAt: new Date().toISOString(),
      anonymousId: 'device-one',
      properties: { product_id: 'p1' },
    };
    const answer = await post(keyIn(made.out, 'write'), {
      events: [event, { ...event, id: randomUUID(), type: 'order_completed' }],
    });
    expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([202, ORIGIN]);
    const secret = { authorization: `Bearer ${keyIn(made.out, 'secret')}` };
    expect((await fetch(`${demo?.vitrine.url}/api/settings`, { headers: secret })).status).toBe(200);
    expect((await post('wk_of_nobody', { events: [event] })).status).toBe(401);
    await expect
      .poll(() => lines)
      .toEqual(
        expect.arrayContaining([
          expect.stringMatching(/202 {2}POST \/v\/events {2}shop {2}1 accepted, 1 refused: \w+ {2}\d+ ms$/),
          expect.stringMatching(/200 {2}GET \/api\/settings {2}shop {2}\d+ ms$/),
          expect.stringMatching(/401 {2}POST \/v\/events {2}unknown_key {2}\d+ ms$/),
        ]),
      );
  });

  it('is reached by who can read its state, and by nobody else', async ({ expect }) => {
    const { url, token } = JSON.parse(await readFile(path.join(stateDir, 'control.json'), 'utf8'));
    const ask = async (authorization?: string) =>
      (
        await fetch(url, {
          method: 'POST',
          headers: authorization === undefined ? {} : { authorization },
          body: '[{"sql":"SELECT 1","values":[]}]',
        })
      ).status;
    expect([await ask(), await ask('Bearer x'), await ask(`Bearer ${token}`)]).toEqual([401, 401, 200]);
    expect((await stat(path.join(stateDir, 'control.json'))).mode & 0o077).toBe(0);
  });

  it('changes only what is said, while it runs and while it does not, and keeps it over the next start', async ({
    expect,
  }) => {
    const shown = await site('--id', 'shop');
    const key = /^secret key +id (\w+)/m.exec(shown.out)?.[1] ?? '';
    const rotated = await site('--id', 'shop', '--rotate', 'secret', '--revoke', key);
    const secret = { authorization: `Bearer ${keyIn(rotated.out, 'secret')}`, 'content-type': 'application/json' };
    const settings = { consent: { granted: [] } };
    const put = await fetch(`${demo?.vitrine.url}/api/settings`, {
      method: 'PUT',
      headers: secret,
      body: JSON.stringify(settings),
    });
    expect(put.status).toBe(200);
    await demo?.stop();
    demo = undefined;

    const named = await site('--id', 'shop', '--name', 'The shop');
    expect(named).toMatchObject({ code: 0, out: expect.stringContaining('The shop') });
    expect(named.out).toContain(ORIGIN);
    expect(named.out).not.toContain(key);
    const renamed = await site('--id', 'demo', '--name', 'My demo');
    expect(renamed.code).toBe(0);

    demo = await start();
    const read = await fetch(`${demo.vitrine.url}/api/settings`, { headers: secret });
    expect(await read.json()).toMatchObject(settings);
    expect((await site('--id', 'demo')).out).toContain('My demo');
  });
});

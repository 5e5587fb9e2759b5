import { env, exports } from 'cloudflare:workers';
import { visitorToken } from '../../core/identity/visitor-token.ts';
import { sha256Hex } from '../../core/sha256-hex.ts';
import { findSite } from '../../stores/sites/site.ts';

/** A site of a test with its keys. */
export interface TestSite {
  readonly id: string;
  readonly writeKey: string;
  readonly secretKey: string;
  readonly origin: string;
}

/** Makes a site with two keys, of its own for each test so that tests share nothing. */
export async function makeSite(): Promise<TestSite> {
  const id = `t-${crypto.randomUUID()}`;
  const site = { id, writeKey: `wk_${id}`, secretKey: `sk_${id}`, origin: `https://${id}.example` };
  await env.DB.batch([
    env.DB.prepare('INSERT INTO sites (id, name, origins) VALUES (?, ?, ?)').bind(
      id,
      id,
      JSON.stringify([site.origin]),
    ),
    await insertKey(id, 'write', site.writeKey),
    await insertKey(id, 'secret', site.secretKey),
  ]);
  return site;
}

async function insertKey(site: string, kind: 'write' | 'secret', key: string): Promise<D1PreparedStatement> {
  const insert = env.DB.prepare('INSERT INTO site_keys (hash, site, kind, created_at) VALUES (?, ?, ?, ?)');
  return insert.bind(await sha256Hex(key), site, kind, 0);
}

/** An event of a test as a client sends it; `minutesAgo` places it in time. */
export function makeEvent(anonymousId: string, type: string, properties: Record<string, unknown> = {}, minutesAgo = 0) {
  return {
    id: crypto.randomUUID(),
    type,
    occurredAt: new Date(Date.now() - minutesAgo * 60_000).toISOString(),
    anonymousId,
    properties,
  };
}

/** Sends a request to the Worker under test. */
export function send(path: string, init: RequestInit = {}): Promise<Response> {
  return exports.default.fetch(new Request(`https://vitrine.example${path}`, init));
}

/** `POST /v/events` with the site's write key. */
export function postEvents(site: TestSite, events: unknown[], headers: Record<string, string> = {}): Promise<Response> {
  return send(`/v/events?key=${site.writeKey}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ events }),
  });
}

/** A run of a job as the cron trigger would start it at `now`, ms since 1970, with a minute's time. */
export function aRun(now = Date.now()) {
  return { now, deadline: Date.now() + 60_000 };
}

/** The query of a page's read for a visitor who holds his token. */
export async function asVisitor(site: TestSite, anonymousId: string): Promise<string> {
  const known = await findSite(env, site.writeKey);
  const token = visitorToken(known?.visitorKey ?? '', anonymousId);
  return new URLSearchParams({ key: site.writeKey, anonymousId, visitorToken: token }).toString();
}

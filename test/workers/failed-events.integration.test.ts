import { createMessageBatch } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { describe, it, vi } from 'vitest';
import worker from '../../workers/index.ts';
import { deliver, makeMessage } from './deliver.ts';
import { eventually } from './eventually.ts';
import { makeEvent, makeSite, postEvents, send, type TestSite } from './site.ts';
import { failedReasonsOf, rowsWith } from './stores.ts';

const JWT = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbm4ifQ.c2lnbmF0dXJl';
const secret = (site: TestSite) => ({ authorization: `Bearer ${site.secretKey}`, 'content-type': 'application/json' });
const erase = (site: TestSite, path: string) => send(`/api/${path}`, { method: 'DELETE', headers: secret(site) });
const bad = (device: unknown, more: object = {}) => ({
  ...makeEvent('x', 'product_viewed', { product_id: '' }),
  anonymousId: device,
  ...more,
});
async function siteWith(settings: object): Promise<TestSite> {
  const site = await makeSite();
  await env.DB.prepare('UPDATE sites SET settings = ? WHERE id = ?').bind(JSON.stringify(settings), site.id).run();
  return site;
}
const kept = (site: TestSite, reasons: string[]) =>
  eventually(async () => {
    const found = await failedReasonsOf(site.id);
    if (found.join() !== reasons.join()) throw new Error(`kept: ${found.join()}`);
  });

describe('a failed event', () => {
  it('is kept of no visitor who grants nothing, also when it does not parse', async ({ expect }) => {
    const site = await siteWith({ consent: { granted: [] } });
    const granting = { context: { consent: { categoryPreferences: { analytics: true } } } };
    await postEvents(site, [bad('ida-holm'), bad('jon', granting), { id: 'no envelope', anonymousId: 'kim-lovell' }]);
    await kept(site, ['invalid_properties']);
    expect(await rowsWith(site.id, 'ida-holm')).toEqual([]);
    expect(await rowsWith(site.id, 'kim-lovell')).toEqual([]);
  });

  it('holds no proof, whatever it was refused for', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(site, [
      bad('leo-marsh', { proof: JWT }),
      { ...makeEvent('leo-marsh', 'identify'), userId: 'leo-marsh', proof: JWT },
      { id: 'x', anonymousId: 'leo-marsh', Proof: JWT },
    ]);
    await kept(site, ['invalid_envelope', 'invalid_properties', 'proof_invalid']);
    await deliver([{ v: 2, site: site.id, events: 'unreadable', proof: JWT, anonymousId: 'leo-marsh' }]);
    await deliver([{ site: site.id, events: [{ proof: JWT }] }], env, 'vitrine-events-dead');
    await kept(site, ['dead_letter', 'invalid_envelope', 'invalid_properties', 'proof_invalid', 'unreadable_message']);
    expect(await rowsWith(site.id, JWT)).toEqual([]);
  });

  it('goes with the person, whatever form the ids had and whichever of them he is erased by', async ({ expect }) => {
    const site = await makeSite();
    await postEvents(site, [
      bad(471_147_114_711_471, { userId: 42 }),
      bad('mia-larsen', { userId: 'mia-larsen-user' }),
      { id: 'n', type: 'product_viewed', anonymous_id: 'mia-larsen', properties: {} },
      bad('nobody-else'),
    ]);
    await eventually(async () => expect(await failedReasonsOf(site.id)).toHaveLength(4));
    await erase(site, 'devices/471147114711471');
    expect(await rowsWith(site.id, '471147114711471')).toEqual([]);
    await erase(site, 'users/mia-larsen-user');
    expect(await rowsWith(site.id, 'mia-larsen-user')).toEqual([]);
    await erase(site, 'devices/mia-larsen');
    expect(await rowsWith(site.id, 'mia-larsen')).toEqual([]);
    expect(await failedReasonsOf(site.id)).toHaveLength(1);
  });

  it('is not kept when it comes after its person was erased, as a dead letter or unreadable', async ({ expect }) => {
    const site = await makeSite();
    const dead = makeMessage(site.id, 'ned-sparks', ['queued']);
    const newer = { ...makeMessage(site.id, 'ned-sparks', ['odd']), events: 'unreadable' };
    await erase(site, 'devices/ned-sparks');
    await deliver([dead], env, 'vitrine-events-dead');
    await deliver([newer]);
    expect(await rowsWith(site.id, 'a/ned-sparks')).toEqual([]);
    expect(await failedReasonsOf(site.id)).toEqual([]);
    await deliver([makeMessage(site.id, 'oda', ['queued'])], env, 'vitrine-events-dead');
    expect(await failedReasonsOf(site.id)).toEqual(['dead_letter']);
  });
});

describe('a dead letter that no store takes', () => {
  it('comes again, and later than a message that somebody waits for', async ({ expect }) => {
    const site = await makeSite();
    const away = () => {
      throw new Error('the store is away');
    };
    const without = { ...env, DB: { prepare: away, batch: away }, LAKE: { put: away } } as unknown as Env;
    const body = makeMessage(site.id, 'ida-holm', ['late']);
    const batch = createMessageBatch('vitrine-events-dead', [{ id: 'q', timestamp: new Date(), attempts: 50, body }]);
    const message = batch.messages[0] as Message;
    const retry = vi.spyOn(message, 'retry');
    const ack = vi.spyOn(message, 'ack');
    await worker.queue({ queue: batch.queue, messages: [message] } as unknown as MessageBatch, without);
    expect(ack).not.toHaveBeenCalled();
    expect(retry.mock.calls[0]?.[0]?.delaySeconds).toBeGreaterThanOrEqual(1_500);
  });
});

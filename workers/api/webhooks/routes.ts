import { Hono } from 'hono';
import { uuidv7 } from 'uuidv7';
import type { WebhookMessage } from '../../../core/webhooks/message.ts';
import { deliver } from '../../../queues/webhooks/deliver.ts';
import { outboundFault } from '../../../stores/outbound.ts';
import { listWebhooks, type Webhook } from '../../../stores/webhooks/webhooks.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import { deliverySchema, failuresSchema, madeSchema, newWebhookSchema, webhooksSchema } from './operation.ts';

const MAX_BODY_BYTES = 8_192;
/** Webhooks of a site. */
const MAX_WEBHOOKS = 10;
const SECRET_BYTES = 32;

/** `/api/webhooks` */
export const webhookRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const webhooks = await listWebhooks(c.env, c.get('site').id);
    return answer(webhooksSchema, { webhooks: webhooks.map(({ secret: _, ...webhook }) => webhook) });
  })
  .post('/', async (c) => {
    const site = c.get('site').id;
    const { url, types, purpose, format } = await readJson(c.req.raw, newWebhookSchema, {
      maxBytes: MAX_BODY_BYTES,
      code: 'invalid_webhook',
    });
    const fault = outboundFault(c.env, url);
    if (fault !== undefined) throw new HttpError(400, `url: ${fault}.`, { code: 'private_target' });
    if ((await listWebhooks(c.env, site)).length >= MAX_WEBHOOKS)
      throw new HttpError(409, `A site has at most ${MAX_WEBHOOKS} webhooks. Delete one first.`, { code: 'too_many' });
    const secret = `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(SECRET_BYTES))))}`;
    const id = uuidv7();
    await c.env.DB.prepare(
      'INSERT INTO webhooks (site, id, url, types, purpose, secret, format, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    )
      .bind(site, id, url, JSON.stringify(types), purpose, secret, format, Date.now())
      .run();
    return answer(madeSchema, { id, url, types, purpose, format, secret }, { status: 201 });
  })
  .delete('/:id', async (c) => {
    await own(c.env, c.get('site').id, c.req.param('id'));
    await c.env.DB.prepare('DELETE FROM webhooks WHERE site = ? AND id = ?')
      .bind(c.get('site').id, c.req.param('id'))
      .run();
    return c.body(null, 204);
  })
  .post('/:id/test', async (c) => {
    const site = c.get('site').id;
    const webhook = await own(c.env, site, c.req.param('id'));
    const message: WebhookMessage = {
      v: 1,
      site,
      id: `test-${uuidv7()}`,
      type: 'webhook.test',
      occurredAt: Date.now(),
      ledger: '',
      refused: [],
      data: { hello: webhook.id },
    };
    return answer(deliverySchema, await deliver(c.env, webhook, message, new Date()));
  })
  .post('/:id/enable', async (c) => {
    const site = c.get('site').id;
    const { id } = await own(c.env, site, c.req.param('id'));
    await c.env.DB.prepare('UPDATE webhooks SET disabled = NULL WHERE site = ? AND id = ?').bind(site, id).run();
    return c.body(null, 204);
  })
  .get('/failures', async (c) => {
    const { results } = await c.env.DB.prepare(
      'SELECT webhook, at, message FROM webhook_failures WHERE site = ? ORDER BY at DESC LIMIT 100',
    )
      .bind(c.get('site').id)
      .all<{ webhook: string; at: number; message: string }>();
    return answer(failuresSchema, {
      failures: results.map(({ message, ...row }) => ({ ...row, message: JSON.parse(message) })),
    });
  });

async function own(env: Env, site: string, id: string): Promise<Webhook> {
  const webhook = (await listWebhooks(env, site)).find((one) => one.id === id);
  if (!webhook) throw new HttpError(404, 'There is no webhook with this id.', { code: 'unknown_webhook' });
  return webhook;
}

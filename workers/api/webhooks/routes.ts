import { Hono } from 'hono';
import { uuidv7 } from 'uuidv7';
import { z } from 'zod';
import { purposeSchema } from '../../../core/consent/purposes.ts';
import { WEBHOOK_TYPES, type WebhookMessage } from '../../../core/webhooks/message.ts';
import { deliver } from '../../../queues/webhooks/deliver.ts';
import { faultOf, listWebhooks, type Webhook } from '../../../stores/webhooks/webhooks.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { parseJson } from '../../http/parse-json.ts';
import { readBoundedText } from '../../http/read-body.ts';

const MAX_BODY_BYTES = 8_192;
/** Webhooks of a site. */
const MAX_WEBHOOKS = 10;
const SECRET_BYTES = 32;

/** What makes a webhook. */
export const newWebhookSchema = z.strictObject({
  url: z.string().max(2_048).meta({ description: 'https, a public name or address.' }),
  types: z.array(z.enum(WEBHOOK_TYPES)).min(1).default(['segment.entered', 'segment.left']),
  purpose: purposeSchema.default('marketing').meta({
    description: 'What it is for: nobody is told of a person who refused it.',
  }),
});

/** `/api/webhooks` */
export const webhookRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const webhooks = await listWebhooks(c.env, c.get('site').id);
    return c.json({ webhooks: webhooks.map(({ secret: _, ...webhook }) => webhook) });
  })
  .post('/', async (c) => {
    const site = c.get('site').id;
    const parsed = newWebhookSchema.safeParse(parseJson((await readBoundedText(c.req.raw, MAX_BODY_BYTES)).text));
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw new HttpError(400, `${issue?.path.join('.') || 'body'}: ${issue?.message}`, { code: 'invalid_webhook' });
    }
    const { url, types, purpose } = parsed.data;
    const fault = faultOf(c.env, url);
    if (fault !== undefined) throw new HttpError(400, `url: ${fault}.`, { code: 'private_target' });
    if ((await listWebhooks(c.env, site)).length >= MAX_WEBHOOKS)
      throw new HttpError(409, `A site has at most ${MAX_WEBHOOKS} webhooks. Delete one first.`, { code: 'too_many' });
    const secret = `whsec_${btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(SECRET_BYTES))))}`;
    const id = uuidv7();
    await c.env.DB.prepare(
      'INSERT INTO webhooks (site, id, url, types, purpose, secret, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
    )
      .bind(site, id, url, JSON.stringify(types), purpose, secret, Date.now())
      .run();
    return c.json({ id, url, types, purpose, secret }, 201);
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
    return c.json(await deliver(c.env, webhook, message, new Date()));
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
    return c.json({ failures: results.map(({ message, ...row }) => ({ ...row, message: JSON.parse(message) })) });
  });

async function own(env: Env, site: string, id: string): Promise<Webhook> {
  const webhook = (await listWebhooks(env, site)).find((one) => one.id === id);
  if (!webhook) throw new HttpError(404, 'There is no webhook with this id.', { code: 'unknown_webhook' });
  return webhook;
}

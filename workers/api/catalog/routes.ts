import { type Context, Hono } from 'hono';
import type { LoadReport } from '../../../core/catalog/load-report.ts';
import type { RowMeaning } from '../../../core/catalog/read-item.ts';
import { readProducts } from '../../../core/catalog/read-products.ts';
import { servedItem } from '../../../core/catalog/served-item.ts';
import { productInput } from '../../../core/merchandising/conditions.ts';
import { catalogStub } from '../../../stores/catalog/catalog-stub.ts';
import { loadItems } from '../../../stores/catalog/load-items.ts';
import { log } from '../../../stores/log.ts';
import { answer } from '../../http/answer.ts';
import { answerLines } from '../../http/answer-lines.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { begun } from '../../http/begun.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { HttpError } from '../../http/error.ts';
import { itemAnswerSchema, listQuerySchema, listSchema, removedSchema, uploadQuerySchema } from './operation.ts';

/** `/api/catalog`: the products. Uploads stream; a short one answers with its report alone, a long one tells how far it is before. */
export const catalogRoutes = new Hono<ApiContext>()
  .post('/', (c) => upload(c, 'put'))
  .patch('/', (c) => upload(c, 'patch'))
  .get('/', async (c) => {
    const { after, limit, q } = checkedQuery(listQuerySchema, c.req.query());
    const catalog = catalogStub(c.env, c.get('site').id);
    const found = q === undefined ? catalog.page(after, limit) : catalog.search(q, limit);
    const [items, { items: total, shown }] = await Promise.all([found, catalog.size()]);
    const isLast = q !== undefined || items.length < limit;
    return answer(listSchema, { items, next: isLast ? null : (items.at(-1)?.id ?? null), total, shown });
  })
  .get('/:id', async (c) => {
    const { items } = await catalogStub(c.env, c.get('site').id).read([c.req.param('id')]);
    const [item] = items;
    if (!item) throw new HttpError(404, 'There is no such product.', { code: 'unknown_product' });
    const served = servedItem(item, undefined, Date.now()) ?? null;
    return answer(itemAnswerSchema, { item, served, seen: served && productInput(served) });
  })
  .delete('/:id', async (c) => {
    const changes = [{ kind: 'delete' as const, id: c.req.param('id') }];
    const [outcome] = await catalogStub(c.env, c.get('site').id).apply({ v: 1, changes, source: 'api' });
    return answer(removedSchema, { removed: outcome === 'changed' });
  });

async function upload(c: Context<ApiContext>, rows: RowMeaning): Promise<Response> {
  const { source, whole, accept } = checkedQuery(uploadQuerySchema, c.req.query());
  const meaning = { rows, source, whole: whole === '1', acceptsFewer: accept === 'fewer' };
  if (meaning.whole && rows === 'patch')
    throw new HttpError(400, 'whole: a file of parts is never whole. Send the products with POST.', {
      code: 'invalid_query',
    });
  const read = await begun(readProducts(c.req.raw));
  const site = c.get('site').id;
  return answerLines(
    async (line) => {
      const report = await loadItems(c.env, site, read, meaning, ({ accepted, refused }) =>
        line({ progress: { accepted, refused: refused.count } }),
      );
      await line(report);
      log('catalogue_loaded', { site, source, ...counts(report) });
    },
    async (error, line) => {
      log('catalogue_load_failed', { site, source, error: String(error) });
      await line({
        error:
          'The upload ended before its end. Products up to the last progress are taken, none was removed; send it again.',
      });
      return 'ended';
    },
  );
}

function counts({ accepted, changed, removed, refused, held }: LoadReport) {
  return { accepted, changed, removed, refused: refused.count, held: held?.missing };
}

import { Hono } from 'hono';
import { importedEvent, rowOfCsv } from '../../../core/profile/import-row.ts';
import { rowsOfRequest } from '../../edge/import/rows-of-request.ts';
import { importSource } from '../../edge/import/source.ts';
import { takeRows } from '../../edge/import/take-rows.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { checkedQuery } from '../../http/checked-query.ts';
import { importQuerySchema } from './operation.ts';

/**
 * `POST /api/profiles/import`: traits of many people, streamed. Each row becomes an event of its person's ledger and goes the way of all
 * events.
 */
export const importRoutes = new Hono<ApiContext>().post('/import', async (c) => {
  const { source, purpose, time } = checkedQuery(importQuerySchema, c.req.query());
  const now = Date.now();
  const defaults = { source, purpose, time: time === undefined ? now : Date.parse(time) };
  const site = c.get('site');
  return takeRows(c.env, {
    site,
    source: importSource(site, now),
    rows: await rowsOfRequest(c.req.raw, rowOfCsv),
    meaning(row, line) {
      const made = importedEvent(site.id, row, defaults, line);
      return 'fault' in made ? { refusal: { code: 'invalid_row', message: made.fault } } : { event: made };
    },
  });
});

import { describe, it } from 'vitest';
import { api } from '../../workers/api/app.ts';
import { apiDocument } from '../../workers/docs/document.ts';
import { acceptedSchema } from '../../workers/edge/ingest/operation.ts';
import { ownProfileSchema } from '../../workers/edge/profile/operation.ts';
import { recommendationsSchema } from '../../workers/edge/recommend/operation.ts';
import { registry } from '../../workers/registry/app.ts';
import { asVisitor, makeEvent, makeSite, postEvents, send } from './site.ts';

/** Pages for people and the document itself: not part of the API. */
const NOT_API = ['GET /docs', 'GET /openapi.json', 'GET /console'];

/** Method and path of each operation in the document. */
const documented = () =>
  Object.entries(apiDocument().paths ?? {}).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  );

/** The paths that a route with a last part that may be left out answers. */
const withAndWithout = (path: string) =>
  path.endsWith('?') ? [path.slice(0, -1), path.replace(/\/[^/]*$/, '')] : [path];

describe('the API’s document', () => {
  it('names every route of the private API', ({ expect }) => {
    const routes = [...api.routes, ...registry.routes]
      .filter(({ method, path }) => method !== 'ALL' && path !== '/registry')
      .flatMap(({ method, path }) => withAndWithout(path).map((one) => ({ method, path: one })))
      .map(({ method, path }) => `${method} ${path.replace(/\/$/, '').replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`);
    expect([...new Set(routes)].sort()).toEqual(
      documented()
        .filter((route) => /\/(api|registry)\//.test(route))
        .sort(),
    );
  });

  it('names no route that is not there', async ({ expect }) => {
    const site = await makeSite();
    for (const route of [...documented(), ...NOT_API]) {
      const [method = '', path = ''] = route.split(' ');
      const response = await send(path.replace(/\{\w+\}/, 'x'), {
        method,
        headers: { authorization: `Bearer ${site.secretKey}` },
        redirect: 'manual',
      });
      const body = await response.text();
      expect([route, body.includes('"not_found"')]).toEqual([route, false]);
    }
  });

  it('names each operation, once, and gives examples that are right', async ({ expect }) => {
    const operations = Object.values(apiDocument().paths ?? {}).flatMap((item) => Object.values(item));
    const ids = operations.map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^[a-z][A-Za-z0-9]+$/);
    const site = await makeSite();
    const body = apiDocument().paths?.['/v/events']?.post?.requestBody;
    const content = body && 'content' in body ? body.content : {};
    expect(Object.keys(content)).toHaveLength(7);
    for (const [type, media] of Object.entries(content)) {
      const example = 'example' in media ? media.example : undefined;
      if (!example) continue;
      const response = await send('/v/events', {
        method: 'POST',
        headers: { authorization: `Bearer ${site.secretKey}`, 'content-type': type },
        body: JSON.stringify(example).replaceAll('2026-05-01T12:00:00', new Date().toISOString().slice(0, 19)),
      });
      expect([type, await response.json()]).toEqual([type, { accepted: 1, rejected: [] }]);
    }
  });

  it('says what the answers are', async ({ expect }) => {
    const site = await makeSite();
    const taken = await postEvents(site, [makeEvent('ada', 'product_added', { product_id: 'bag' }), {}]);
    expect(acceptedSchema.strict().safeParse(await taken.json()).error).toBeUndefined();
    const query = await asVisitor(site, 'ada');
    const profile = await (await send(`/v/profile?${query}`)).json();
    expect(ownProfileSchema.strict().safeParse(profile).error).toBeUndefined();
    const recommended = await (await send(`/v/recommendations?${query}`)).json();
    expect(recommendationsSchema.strict().safeParse(recommended).error).toBeUndefined();
  });

  it('is served as JSON and as a page', async ({ expect }) => {
    expect(await (await send('/openapi.json')).json()).toMatchObject({ openapi: '3.1.0', paths: { '/v/events': {} } });
    const page = await (await send('/docs')).text();
    for (const route of documented()) expect(page).toContain(route.split(' ')[1]);
  });
});

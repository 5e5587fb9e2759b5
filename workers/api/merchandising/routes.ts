import { type Context, Hono } from 'hono';
import { z } from 'zod';
import { consentDefaults } from '../../../core/consent/policy.ts';
import { signedToken } from '../../../core/identity/signed-token.ts';
import { compile } from '../../../core/merchandising/compile.ts';
import { NAMES } from '../../../core/merchandising/conditions.ts';
import { differences } from '../../../core/merchandising/diff.ts';
import { type Merchandising, merchandisingSchema } from '../../../core/merchandising/document.ts';
import type { Fault } from '../../../core/merchandising/fault.ts';
import { HOUR_MS } from '../../../core/time.ts';
import { catalogStub } from '../../../stores/catalog/catalog-stub.ts';
import { knownNames } from '../../../stores/config/known-names.ts';
import { brokenExperiments } from '../../../stores/experiments/broken-experiments.ts';
import { forgetPlan } from '../../../stores/merchandising/current-plan.ts';
import {
  deleteDraft,
  listVersions,
  publishDocument,
  publishedMerchandising,
  putDraft,
  readDraft,
  readVersion,
} from '../../../stores/merchandising/versions.ts';
import { renderFragment } from '../../edge/fragments/render-fragment.ts';
import { bodyOf } from '../../edge/recommend/handle-recommendations.ts';
import { type Recommendation, recommend } from '../../edge/recommend/recommend.ts';
import { readQuerySchema } from '../../edge/visitor/read-query.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import {
  diffQuerySchema,
  diffSchema,
  draftSchema,
  explainTokenSchema,
  namesSchema,
  previewedSchema,
  previewSchema,
  publishedSchema,
  publishSchema,
  rollbackSchema,
  stateSchema,
  versionDocumentSchema,
  versionsSchema,
} from './operation.ts';

/** A row of D1 may have 2 MB. */
const MAX_DOCUMENT_BYTES = 1_000_000;
const MAX_BODY_BYTES = 65_536;
const CODE = 'invalid_merchandising';

/** `/api/merchandising`: slots and rules, as drafts, versions and previews. */
export const merchandisingRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const site = c.get('site').id;
    const [published, draft] = await Promise.all([publishedMerchandising(c.env, site), readDraft(c.env, site)]);
    return answer(stateSchema, { ...published, draft: draft ?? null });
  })
  .put('/draft', async (c) => {
    const site = c.get('site').id;
    const body = await readJson(c.req.raw, z.unknown(), { maxBytes: MAX_DOCUMENT_BYTES, code: CODE });
    const document = await checked(c, body);
    const [{ version }, before] = await Promise.all([publishedMerchandising(c.env, site), readDraft(c.env, site)]);
    const [base, now] = [before?.base ?? version, Date.now()];
    await putDraft(c.env, site, document, base, now);
    return answer(draftSchema, { document, base, updatedAt: now });
  })
  .delete('/draft', async (c) => {
    await deleteDraft(c.env, c.get('site').id);
    return c.body(null, 204);
  })
  .post('/publish', async (c) => {
    const { note } = await readJson(c.req.raw, publishSchema, { maxBytes: MAX_BODY_BYTES, code: CODE });
    const draft = await readDraft(c.env, c.get('site').id);
    if (!draft) throw new HttpError(409, 'There is no draft to publish. Save one first.', { code: 'no_draft' });
    return publish(c, await checked(c, draft.document), draft.base, note);
  })
  .post('/rollback', async (c) => {
    const { version, note } = await readJson(c.req.raw, rollbackSchema, { maxBytes: MAX_BODY_BYTES, code: CODE });
    const document = await versionOf(c, version);
    const { version: base } = await publishedMerchandising(c.env, c.get('site').id);
    return publish(c, await checked(c, document), base, note ?? `back to version ${version}`);
  })
  .get('/versions', async (c) => answer(versionsSchema, { versions: await listVersions(c.env, c.get('site').id) }))
  .get('/versions/:version', async (c) => {
    const version = Number(c.req.param('version'));
    return answer(versionDocumentSchema, { version, document: await versionOf(c, version) });
  })
  .get('/diff', async (c) => {
    const query = diffQuerySchema.safeParse(c.req.query());
    if (!query.success) throw new HttpError(400, 'from, to: each a version, or "draft".', { code: 'invalid_query' });
    const { version } = await publishedMerchandising(c.env, c.get('site').id);
    const [from, to] = [query.data.from ?? version, query.data.to ?? 'draft'];
    return answer(diffSchema, { differences: differences(await versionOf(c, from), await versionOf(c, to)) });
  })
  .post('/explain-token', (c) => {
    const until = Date.now() + HOUR_MS;
    return answer(explainTokenSchema, { token: signedToken(c.get('site').visitorKey, 'explain', { until }), until });
  })
  .get('/names', async (c) => {
    const { segments, attributes } = await knownNames(c.env, c.get('site').id);
    const { visitor, context, item } = NAMES;
    const names = { visitor: [...visitor], context: [...context], item: [...item] };
    return answer(namesSchema, { ...names, segments: [...segments], attributes: [...attributes] });
  })
  .post('/preview', async (c) => {
    const {
      draft: byDraft,
      pretend,
      product,
      ...asked
    } = await readJson(c.req.raw, previewSchema, {
      maxBytes: MAX_BODY_BYTES,
      code: CODE,
    });
    const site = c.get('site');
    const published = await publishedMerchandising(c.env, site.id);
    const draft = byDraft ? await readDraft(c.env, site.id) : undefined;
    const plan = compile(draft?.document ?? published.document);
    if ('faults' in plan) throw refused(plan.faults);
    const { hint: _, visitorToken: __, explainToken: ___, ...query } = readQuerySchema.parse(asked);
    const consent = consentDefaults(site.settings.consent, { inEuropeanUnion: false, globalPrivacyControl: false });
    const page = URL.parse(query.page ?? '');
    const shown = await recommend(
      c.env,
      site.id,
      {
        ...query,
        anonymousId: query.anonymousId,
        unproven: false,
        claimedId: undefined,
        counted: false,
        hint: [],
        consent,
      },
      () => (page ? { page } : {}),
      { plan: { version: published.version + (draft ? 1 : 0), plan, experiments: [] }, explain: true, pretend },
    );
    return answer(previewedSchema, {
      ...bodyOf(shown),
      html: await renderFragment(shown),
      ...(product !== undefined && { product: await fateOf(c, shown, product) }),
    });
  });

/** What became of a product on the way to a slot. */
async function fateOf(c: Context<ApiContext>, { items, explanation }: Recommendation, id: string) {
  const at = items.findIndex(({ item }) => item.id === id);
  if (at >= 0) return { id, state: 'shown' as const, place: at + 1 };
  const by = explanation?.removed.find(({ item }) => item === id)?.by;
  if (by !== undefined && by !== 'unavailable') return { id, state: 'removed' as const, by };
  const { items: found } = await catalogStub(c.env, c.get('site').id).read([id]);
  const isThere = found[0]?.available === true;
  return { id, state: isThere ? ('not_brought' as const) : ('unavailable' as const) };
}

async function publish(
  c: Context<ApiContext>,
  document: Merchandising,
  base: number,
  note: string | undefined,
): Promise<Response> {
  const site = c.get('site').id;
  const [broken] = await brokenExperiments(c.env, site, document);
  if (broken)
    throw new HttpError(
      409,
      `The experiment "${broken.name}" could not go on: ${broken.fault.message}. End it first, or keep what it needs.`,
      {
        code: 'breaks_experiment',
      },
    );
  const version = await publishDocument(c.env, site, document, base, note, Date.now());
  if (version === undefined)
    throw new HttpError(
      409,
      `Something else was published after version ${base}. Look at it, then save the draft anew.`,
      {
        code: 'published_meanwhile',
      },
    );
  forgetPlan(site);
  return answer(publishedSchema, { version });
}

async function versionOf(c: Context<ApiContext>, which: number | 'draft'): Promise<Merchandising> {
  const site = c.get('site').id;
  const document =
    which === 'draft'
      ? ((await readDraft(c.env, site))?.document ?? (await publishedMerchandising(c.env, site)).document)
      : Number.isInteger(which)
        ? await readVersion(c.env, site, which)
        : undefined;
  if (!document) throw new HttpError(404, `There is no version ${which}.`, { code: 'unknown_version' });
  return document;
}

/** The document, if every condition in it can be asked. */
async function checked(c: Context<ApiContext>, body: unknown): Promise<Merchandising> {
  const plan = compile(body, await knownNames(c.env, c.get('site').id));
  if ('faults' in plan) throw refused(plan.faults);
  return merchandisingSchema.parse(body);
}

function refused(faults: readonly Fault[]): HttpError {
  const words = faults
    .slice(0, 5)
    .map(({ path, message, line, column }) =>
      line === undefined ? `${path}: ${message}` : `${path}: ${message} (line ${line}, column ${column})`,
    )
    .join('; ');
  return new HttpError(400, words, { code: CODE, details: { faults } });
}

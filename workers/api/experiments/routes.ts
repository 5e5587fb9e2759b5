import { type Context, Hono } from 'hono';
import { type ExperimentDefinition, experimentSchema } from '../../../core/experiments/definition.ts';
import { audienceFaults, variantFaults } from '../../../core/experiments/ready.ts';
import { resultsOf } from '../../../core/experiments/results.ts';
import { knownNames } from '../../../stores/config/known-names.ts';
import {
  createExperiment,
  deleteDraft,
  experimentHistory,
  listExperiments,
  type Refused,
  readExperiment,
  type Step,
  type StoredExperiment,
  stepExperiment,
} from '../../../stores/experiments/experiments.ts';
import { tallyStub } from '../../../stores/experiments/tally-stub.ts';
import { forgetPlan } from '../../../stores/merchandising/current-plan.ts';
import { publishedMerchandising } from '../../../stores/merchandising/versions.ts';
import { answer } from '../../http/answer.ts';
import type { ApiContext } from '../../http/api-context.ts';
import { HttpError } from '../../http/error.ts';
import { readJson } from '../../http/read-json.ts';
import {
  experimentHistorySchema,
  experimentResultsSchema,
  experimentsSchema,
  experimentViewSchema,
  resultsQuerySchema,
  stepSchema,
} from './operation.ts';
import { resultsCsv } from './results-csv.ts';

const MAX_BODY_BYTES = 100_000;
const CODE = 'invalid_experiment';

/** `/api/experiments`: drafted, started, paused and ended; and what they have found. */
export const experimentRoutes = new Hono<ApiContext>()
  .get('/', async (c) => {
    const experiments = await listExperiments(c.env, c.get('site').id);
    return answer(experimentsSchema, { experiments: experiments.map(viewOf) });
  })
  .post('/', async (c) => {
    const definition = await definitionIn(c);
    const made = await createExperiment(c.env, c.get('site').id, definition, Date.now());
    if (typeof made === 'string') throw refused(made, definition);
    return answer(experimentViewSchema, viewOf(made), { status: 201 });
  })
  .get('/:id', async (c) => answer(experimentViewSchema, viewOf(await own(c))))
  .put('/:id', async (c) => {
    const before = await own(c, ['draft']);
    const definition = await definitionIn(c);
    return step(c, before, { action: 'changed', note: undefined, state: 'draft', definition });
  })
  .delete('/:id', async (c) => {
    await deleteDraft(c.env, c.get('site').id, await own(c, ['draft']));
    return c.body(null, 204);
  })
  .post('/:id/start', async (c) => {
    const before = await own(c, ['draft']);
    // What it needs may have gone since it was drafted.
    await check(c, before.definition);
    return step(c, before, { action: 'started', note: await noteIn(c), state: 'running' });
  })
  .post('/:id/pause', async (c) =>
    step(c, await own(c, ['running']), { action: 'paused', note: await noteIn(c), state: 'paused' }),
  )
  .post('/:id/resume', async (c) =>
    step(c, await own(c, ['paused']), { action: 'resumed', note: await noteIn(c), state: 'running' }),
  )
  .post('/:id/end', async (c) =>
    step(c, await own(c, ['running', 'paused']), { action: 'ended', note: await noteIn(c), state: 'ended' }),
  )
  .get('/:id/history', async (c) => {
    const { number } = await own(c);
    return answer(experimentHistorySchema, { history: await experimentHistory(c.env, c.get('site').id, number) });
  })
  .get('/:id/results', async (c) => {
    const query = resultsQuerySchema.safeParse(c.req.query());
    if (!query.success) throw new HttpError(400, 'format: "json" or "csv".', { code: 'invalid_query' });
    const experiment = await own(c);
    const { definition, number } = experiment;
    const { sums, looks, currency } = await tallyStub(c.env, c.get('site').id).tally(number);
    const results = resultsOf(definition, sums, currency);
    if (query.data.format === 'csv')
      return new Response(resultsCsv(results), {
        headers: {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': `attachment; filename="${definition.name}.csv"`,
        },
      });
    const before = looks.map((look) => {
      const { visitors, variants } = resultsOf(definition, look.sums, currency);
      return {
        at: look.at,
        visitors,
        differences: variants.map(({ against }) => against?.difference[definition.goal] ?? null),
      };
    });
    return answer(experimentResultsSchema, { ...results, experiment: viewOf(experiment), looks: before });
  });

async function step(c: Context<ApiContext>, before: StoredExperiment, how: Step): Promise<Response> {
  const site = c.get('site').id;
  const after = await stepExperiment(c.env, site, before, how, Date.now());
  if (typeof after === 'string') throw refused(after, how.definition ?? before.definition);
  forgetPlan(site);
  return answer(experimentViewSchema, viewOf(after));
}

function viewOf({ layer: _, ranges: __, ...experiment }: StoredExperiment) {
  return experiment;
}

/** The experiment of the address, if it is in one of these states. */
async function own(c: Context<ApiContext>, states?: readonly StoredExperiment['state'][]): Promise<StoredExperiment> {
  const id = c.req.param('id') ?? '';
  const found = await readExperiment(c.env, c.get('site').id, id);
  if (!found) throw new HttpError(404, `There is no experiment "${id}".`, { code: 'unknown_experiment' });
  if (states && !states.includes(found.state))
    throw new HttpError(
      409,
      `"${found.definition.name}" is ${found.state}; this takes one that is ${states.join(' or ')}.`,
      {
        code: 'wrong_state',
      },
    );
  return found;
}

async function noteIn(c: Context<ApiContext>): Promise<string | undefined> {
  const text = await c.req.raw.clone().text();
  if (text === '') return undefined;
  return (await readJson(c.req.raw, stepSchema, { maxBytes: MAX_BODY_BYTES, code: CODE })).note;
}

async function definitionIn(c: Context<ApiContext>): Promise<ExperimentDefinition> {
  const definition = await readJson(c.req.raw, experimentSchema, { maxBytes: MAX_BODY_BYTES, code: CODE });
  await check(c, definition);
  return definition;
}

/** Whether all that it says can be done with what the site has. */
async function check(c: Context<ApiContext>, definition: ExperimentDefinition): Promise<void> {
  const site = c.get('site').id;
  const [{ document }, names] = await Promise.all([publishedMerchandising(c.env, site), knownNames(c.env, site)]);
  const faults = [...variantFaults(document, { number: 0, definition }, names), ...audienceFaults(definition, names)];
  if (faults.length === 0) return;
  const words = faults.slice(0, 5).map(({ path, message }) => `${path}: ${message}`);
  throw new HttpError(400, words.join('; '), { code: CODE, details: { faults } });
}

function refused(why: Refused, { name, layer = name }: ExperimentDefinition): HttpError {
  switch (why) {
    case 'name_taken':
      return new HttpError(409, `There is an experiment "${name}" already.`, { code: why });
    case 'too_many':
      return new HttpError(409, 'So many experiments run already, or were made. End one first.', { code: why });
    case 'layer_full':
      return new HttpError(
        409,
        `The layer "${layer}" has not so many visitors left. Take less traffic, or another layer.`,
        {
          code: why,
        },
      );
    case 'changed_meanwhile':
      return new HttpError(409, `"${name}" was changed meanwhile. Look at it again.`, { code: why });
  }
}

import { describe, it } from 'vitest';
import { unstable_readConfig as readConfig } from 'wrangler';

type Config = ReturnType<typeof readConfig>;

/** Fields of a configuration that an environment has to repeat, since it inherits none of them. */
const REPEATED = [
  'vars',
  'triggers',
  'observability',
  'd1_databases',
  'r2_buckets',
  'durable_objects',
  'migrations',
  'queues',
] as const;
/** Names of resources, which every environment has of its own. */
const NAMES = new Set(['database_name', 'bucket_name', 'queue', 'dead_letter_queue', 'LAKE_LOCATION']);

const repeated = (config: Config) => Object.fromEntries(REPEATED.map((field) => [field, config[field]]));

function withSuffix(value: unknown, suffix: string, name?: string): unknown {
  if (Array.isArray(value)) return value.map((item) => withSuffix(item, suffix));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSuffix(item, suffix, key)]));
  if (name === 'ENVIRONMENT') return suffix;
  return name !== undefined && NAMES.has(name) ? `${String(value)}-${suffix}` : value;
}

type Limit = Config['ratelimits'][number];
const numberOf = (limit: Limit) => limit.namespace_id;
const limitOf = ({ name, simple }: Limit) => ({ name, simple });

describe('environments of wrangler.toml', () => {
  const production = readConfig({ config: 'wrangler.toml' });

  it('say where the bucket of the lake is', ({ expect }) => {
    const bucket = production.r2_buckets.find(
      (held: { binding: string; bucket_name?: string }) => held.binding === 'LAKE',
    )?.bucket_name;
    expect(production.vars.LAKE_LOCATION).toBe(`s3://${bucket}`);
  });

  it('are there', ({ expect }) => {
    expect(production.definedEnvironments).toContain('staging');
  });

  it.for<string>(production.definedEnvironments ?? [])(
    '%s has all that production has, with names of its own',
    (name, { expect }) => {
      const environment = readConfig({ config: 'wrangler.toml', env: name });
      expect(environment.name).toBe(`${production.name}-${name}`);
      expect(repeated(environment)).toEqual(withSuffix(repeated(production), name));
      // Two limits with one number would count together.
      const numbers = [environment, production].flatMap(({ ratelimits }) => ratelimits.map(numberOf));
      expect(environment.ratelimits.map(limitOf)).toEqual(production.ratelimits.map(limitOf));
      expect(new Set(numbers).size).toBe(numbers.length);
    },
  );
});

import { METRICS, type MetricName } from '../metrics/catalogue.ts';
import type { Condition, Value, Where } from './condition.ts';

/** A series of the catalogue in PromQL: nothing that is not in it can be written. `suffix` is that of a histogram's parts. */
export function selector(name: MetricName, where: Where = {}, suffix: '' | '_bucket' | '_count' | '_sum' = ''): string {
  if (!Object.hasOwn(METRICS, name)) throw new Error(`${name} is no metric of the catalogue`);
  const { type, labels } = METRICS[name];
  if ((type === 'histogram') !== (suffix !== '')) throw new Error(`${name} is a ${type}: "${suffix}" is no part of it`);
  const known: readonly string[] = ['site', ...labels, ...(suffix === '_bucket' ? ['le'] : [])];
  const parts = Object.entries(where).map(([label, wanted]) => {
    if (!known.includes(label)) throw new Error(`${name} has no label "${label}", but ${known.join(', ')}`);
    return typeof wanted === 'string' ? `${label}="${wanted}"` : `${label}=~"${wanted.join('|')}"`;
  });
  return `${name}${suffix}${parts.length === 0 ? '' : `{${parts.join(',')}}`}`;
}

/** A value in PromQL: by site, and where it is a gauge by all of its labels. */
export function valueQuery(value: Value): string {
  switch (value.kind) {
    case 'gauge':
      return selector(value.metric, value.where);
    case 'age':
      return `time() - ${selector(value.metric, value.where)}`;
    case 'rate': {
      const ago = value.ago === undefined ? '' : ` offset ${value.ago}`;
      return `sum by (site) (rate(${selector(value.metric, value.where)}[${value.window}]${ago}))`;
    }
    case 'above': {
      const { metric, where, bound, window } = value;
      const below = selector(metric, { ...where, le: `${bound}` }, '_bucket');
      return `1 - sum by (site) (rate(${below}[${window}])) / sum by (site) (rate(${selector(metric, where, '_count')}[${window}]))`;
    }
    case 'ratio':
      return `${valueQuery(value.part)} / ${valueQuery(value.of)}`;
    case 'recorded':
      return value.name;
  }
}

/** A condition in PromQL. */
export function conditionQuery(condition: Condition): string {
  switch (condition.kind) {
    case 'compare':
      return `${valueQuery(condition.value)} ${condition.is} ${condition.than}`;
    case 'all':
      return condition.of.map(inner).join(' and on (site) ');
    case 'any':
      return condition.of.map(inner).join(' or ');
  }
}

function inner(condition: Condition): string {
  return condition.kind === 'compare' ? conditionQuery(condition) : `(${conditionQuery(condition)})`;
}

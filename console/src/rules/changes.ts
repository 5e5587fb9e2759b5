import type { Difference } from '../../../core/merchandising/difference.ts';
import { html } from '../base/html.ts';

/** Differences of two versions, by slot and rule and in each by member. */
export function Changes({ differences }: { readonly differences: readonly Difference[] }) {
  if (differences.length === 0) return html`<p class="muted">Nothing differs.</p>`;
  return html`<ul class="changes">${differences.map(
    ({
      what,
      name,
      change,
      before,
      after,
    }) => html`<li key=${`${what} ${name}`}><span class="mark ${change}">${change}</span> <b>${titleOf(what, name)}</b>
<dl>${membersOf(what, before, after).map(
      ([member, was, is]) =>
        html`<dt>${member}</dt><dd>${was !== undefined && html`<del>${was}</del>`} ${is !== undefined && html`<ins>${is}</ins>`}</dd>`,
    )}</dl></li>`,
  )}</ul>`;
}

function titleOf(what: Difference['what'], name: string): string {
  if (what === 'active') return 'All rules';
  if (what === 'order') return 'Order of the rules';
  return `${what === 'slot' ? 'Slot' : 'Rule'} ${name}`;
}

/** Members that differ: name, what it was, what it is. */
function membersOf(
  what: Difference['what'],
  before: unknown,
  after: unknown,
): [string, string | undefined, string | undefined][] {
  if (what === 'active') return [['', before ? 'on' : 'off', after ? 'on' : 'off']];
  if (what === 'order') return [['', written(before), written(after)]];
  const [was, is] = [before ?? {}, after ?? {}] as [Record<string, unknown>, Record<string, unknown>];
  return [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter((member) => JSON.stringify(was[member]) !== JSON.stringify(is[member]) && member !== 'name')
    .map((member) => [member, written(was[member]), written(is[member])]);
}

function written(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value).replaceAll('","', '", "');
}

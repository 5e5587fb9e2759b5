import { useEffect, useState } from 'preact/hooks';
import { html } from '../base/html.ts';
import { follow, go, usePlace } from '../base/router.ts';
import { TextField } from '../parts/field.ts';
import { FILTERS, filterQuery, type Shown, seenWords } from './model.ts';
import { useTail, type Watching } from './use-tail.ts';

/** How long a filter waits for its next letter. */
const TYPING_MS = 500;
const STATES: Readonly<Record<Watching, string>> = {
  connecting: 'Connecting …',
  watching: 'Watching.',
  broken: 'The connection broke, or the filter is not understood; trying again …',
};

/** What names a person, and leads to him. */
const PEOPLE = new Set(['User', 'Anonymous id']);

/** Events as they go by: what became of each, whose it is, and what it says. */
export function LivePage() {
  const { query } = usePlace();
  const [isPaused, setPaused] = useState(false);
  const filter = filterQuery(query);
  const { seen, watching, empty } = useTail(filter, isPaused);
  const set = (name: string, value: string) => {
    const next = new URLSearchParams(query);
    if (value === '') next.delete(name);
    else next.set(name, value);
    go(`/live${next.size > 0 ? `?${next}` : ''}`, true);
  };
  return html`<div class="live-page">
<header class="bar"><h1>Live</h1><p class="status" role="status">${isPaused ? 'Paused: what comes is counted, and stands here when it goes on.' : STATES[watching]}</p></header>
<section class="card" aria-label="Filter">
<div class="filters">${FILTERS.map(
    ({
      name,
      label,
      not,
      placeholder,
    }) => html`<${Filter} key=${name} name=${name} label=${label} placeholder=${placeholder} query=${query} set=${set} />
${not && html`<${Filter} key=${not} name=${not} label=${`not: ${label.toLowerCase()}`} placeholder="" query=${query} set=${set} />`}`,
  )}</div>
<div class="actions"><button type="button" aria-pressed=${isPaused} onClick=${() => setPaused(!isPaused)}>${isPaused ? 'Go on' : 'Pause'}</button>
<button type="button" onClick=${empty}>Empty</button>
<button type="button" onClick=${() => navigator.clipboard.writeText(location.href)}>Copy a link to this filter</button></div>
</section>
<section class="card" aria-label="Events"><p class="muted">${seenWords(seen)}${seen.gone > 0 && ` The newest ${seen.lines.length} stand here.`}</p>
<ul class="live">${seen.lines.map((shown) => html`<${Line} key=${shown.number} shown=${shown} />`)}</ul></section>
</div>`;
}

interface FilterProps {
  readonly name: string;
  readonly label: string;
  readonly placeholder: string;
  readonly query: URLSearchParams;
  readonly set: (name: string, value: string) => void;
}

/** A filter that holds once nothing has been typed for a moment. */
function Filter({ name, label, placeholder, query, set }: FilterProps) {
  const given = query.get(name) ?? '';
  const [value, setValue] = useState(given);
  useEffect(() => {
    if (value === given) return;
    const timer = setTimeout(() => set(name, value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value, given]);
  return html`<${TextField} label=${label} value=${value} placeholder=${placeholder} change=${setValue} />`;
}

function Line({ shown: { line } }: { readonly shown: Shown }) {
  const { at, outcome, reason, type, id, anonymousId, userId, device, browser, properties } = line;
  const rows: readonly (readonly [string, string | undefined | null])[] = [
    ['Id', id],
    ['User', userId],
    ['Anonymous id', anonymousId],
    ['Device', [device, browser].filter(Boolean).join(', ')],
    ['Why', reason],
  ];
  return html`<li><details><summary><time datetime=${new Date(at).toISOString()}>${new Date(at).toLocaleTimeString()}</time>
<span class=${`mark ${outcome === 'accepted' ? 'good' : 'bad'}`}>${outcome}</span> <b>${type ?? 'no type'}</b> <span class="muted who">${userId ?? anonymousId ?? ''}</span></summary>
<dl>${rows.map(([name, value]) => value && html`<dt>${name}</dt><dd>${PEOPLE.has(name) ? html`<a href=${`/console/visitors?id=${encodeURIComponent(value)}`} onClick=${follow}>${value}</a>` : value}</dd>`)}</dl>
${properties !== undefined && html`<pre class="code" tabindex="0">${pretty(properties)}</pre>`}</details></li>`;
}

/** JSON over some lines; what was cut stays as it is. */
function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

import { html, raw } from 'hono/html';
import type { DrillResult, Everything, Row } from './run-everything.ts';

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 80rem; margin: 2rem auto; padding: 0 1rem; }
table { width: 100%; border-collapse: collapse; margin: 0.5rem 0 1rem; }
caption { text-align: start; color: light-dark(#5b606b, #a2a7b3); }
th { white-space: nowrap; }
th, td { padding: 0.35rem 0.75rem 0.35rem 0; border-top: 1px solid light-dark(#dfe1e7, #33363f); text-align: start; vertical-align: top; overflow-wrap: anywhere; }
td.number { text-align: end; font-variant-numeric: tabular-nums; }
.passed { color: light-dark(#14693b, #7fd6a4); }
.failed { color: light-dark(#a8201a, #ff9d96); }
.wide { overflow-x: auto; }`;

/** One page of what came of all drills: fault, what users saw, how long until it was noticed and over, lost, doubled. */
export async function reportPage({ at, seed, drills }: Everything): Promise<string> {
  const failed = drills.filter(({ passed, bug }) => !passed || !bug.caught).length;
  const page = await html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Drills of Vitrine</title><style>${raw(STYLE)}</style></head>
<body><h1>Drills</h1>
<p>${drills.length} drills on ${at.slice(0, 16).replace('T', ' ')} UTC, seed ${seed}: ${
    failed === 0
      ? html`<b class="passed">all passed, and each caught the bug that was planted for it.</b>`
      : html`<b class="failed">${failed} failed.</b>`
  }</p>
${drills.map(section)}</body></html>
`;
  return page.toString();
}

function section({ name, command, passed, seconds, rows, bug }: DrillResult) {
  const mark = passed ? html`<span class="passed">passed</span>` : html`<span class="failed">failed</span>`;
  const planted = bug.caught ? html`<span class="passed">caught</span>` : html`<span class="failed">missed</span>`;
  return html`<h2>${name}: ${mark}</h2>
<div class="wide" tabindex="0" role="region" aria-label="${name}"><table><caption><code>${command}</code>, ${seconds} s</caption>
<thead><tr><th scope="col">Fault</th><th scope="col">What users saw</th><th scope="col">Noticed after</th><th scope="col">Over</th><th scope="col">Lost</th><th scope="col">Doubled</th></tr></thead>
<tbody>${rows.map(row)}</tbody></table></div>
<p>Planted bug “${bug.name}”: ${planted}. ${bug.by}</p>
`;
}

function row({ fault, seen, detected, recovered, lost, doubled }: Row) {
  return html`<tr><td>${fault}</td><td>${seen}</td><td>${detected}</td><td>${recovered}</td><td class="number">${lost ?? ''}</td><td class="number">${doubled ?? ''}</td></tr>
`;
}

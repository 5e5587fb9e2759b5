import { useEffect, useState } from 'preact/hooks';
import type { ExperimentDefinition } from '../../../core/experiments/definition.ts';
import { ApiError, call, type Fault, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { Dialog } from '../parts/dialog.ts';
import { actionWords } from '../rules/model.ts';
import { ExperimentForm } from './experiment-form.ts';
import { ageWords, type Experiment, type ExperimentResults, STATE_NAMES } from './model.ts';
import { ResultsView } from './results-view.ts';

/** How often results are asked for anew while one looks. */
const REFRESH_MS = 15_000;

interface ViewProps {
  readonly experiment: Experiment;
  /** To be called with what became of it; nothing: it is gone. */
  readonly changed: (experiment: Experiment | undefined) => void;
}

/** One experiment: a draft is written, one that runs is watched. */
export function ExperimentView({ experiment, changed }: ViewProps) {
  const [draft, setDraft] = useState<ExperimentDefinition>(experiment.definition);
  const [faults, setFaults] = useState<readonly Fault[]>([]);
  const [error, setError] = useState('');
  const [asking, setAsking] = useState<'end' | 'history' | undefined>(undefined);
  const path = `/api/experiments/${experiment.number}`;
  const { state } = experiment;
  const attempt = async (act: () => Promise<Experiment | undefined>) => {
    try {
      setError('');
      setFaults([]);
      changed(await act());
    } catch (fault) {
      setError(wordsOf(fault));
      setFaults(fault instanceof ApiError ? fault.faults : []);
    }
  };
  const save = () => call<Experiment>('PUT', path, draft);
  const start = async () => {
    if (!isSaved) await save();
    return call<Experiment>('POST', `${path}/start`, {});
  };
  const end = () => {
    setAsking(undefined);
    void step('end');
  };
  const step = (name: string) => attempt(() => call<Experiment>('POST', `${path}/${name}`, {}));
  const isSaved = JSON.stringify(draft) === JSON.stringify(experiment.definition);
  return html`<article class="experiment"><header class="entries-head"><h2>${experiment.definition.name} <span class="mark ${state === 'running' ? 'good' : ''}">${STATE_NAMES[state]}</span></h2>
<div class="actions">
${state === 'draft' && html`<button type="button" onClick=${() => attempt(save)} disabled=${isSaved}>${isSaved ? 'Saved' : 'Save'}</button><button type="button" class="primary" onClick=${() => attempt(start)}>Start</button>`}
${state === 'running' && html`<button type="button" onClick=${() => step('pause')}>Pause</button>`}
${state === 'paused' && html`<button type="button" onClick=${() => step('resume')}>Go on</button>`}
${(state === 'running' || state === 'paused') && html`<button type="button" class="danger" onClick=${() => setAsking('end')}>End …</button>`}
<button type="button" class="quiet" onClick=${() => setAsking('history')}>History</button></div></header>
<p class="error" role="alert">${error}</p>
${
  state === 'draft'
    ? html`<${ExperimentForm} definition=${draft} faults=${faults} change=${setDraft} />
<footer class="form-foot"><button type="button" class="danger" onClick=${() => attempt(async () => call('DELETE', path))}>Throw the draft away</button></footer>`
    : html`<${About} experiment=${experiment} /><${Watched} experiment=${experiment} />`
}
${
  asking === 'end' &&
  html`<${Dialog} title=${`End “${experiment.definition.name}”?`} close=${() => setAsking(undefined)}><p>Everybody sees again what he would without it, for good. Its results stay.</p>
<div class="actions"><button type="button" class="danger" onClick=${end}>End it</button><button type="button" onClick=${() => setAsking(undefined)}>Let it run</button></div></${Dialog}>`
}
${asking === 'history' && html`<${History} path=${path} close=${() => setAsking(undefined)} />`}</article>`;
}

/** What it is about, and what its variants do. */
function About({ experiment }: { readonly experiment: Experiment }) {
  const { definition, startedAt, endedAt } = experiment;
  const { hypothesis, slots, audience, traffic, variants } = definition;
  return html`<div class="about">${hypothesis !== '' && html`<p>${hypothesis}</p>`}
<p class="muted">${startedAt !== null && `${endedAt === null ? 'For' : 'It ran for'} ${ageWords(startedAt, endedAt ?? Date.now())}`}, in ${slots ? slots.join(', ') : 'every slot'}${traffic < 1 && `, for ${traffic * 100} % of visitors`}${audience !== undefined && html`, for whom <code>${audience}</code>`}.</p>
<ul>${variants.map(({ name, actions, slots: changes }) => html`<li key=${name}><b>${name}</b> <span class="muted">${[...actions.map(actionWords), ...Object.keys(changes).map((slot) => `changes ${slot}`)].join(', ') || 'as it is'}</span></li>`)}</ul></div>`;
}

/** The results, as they come. */
function Watched({ experiment }: { readonly experiment: Experiment }) {
  const [results, setResults] = useState<ExperimentResults | undefined>(undefined);
  const [error, setError] = useState('');
  useEffect(() => {
    let isShown = true;
    const read = () =>
      call<ExperimentResults>('GET', `/api/experiments/${experiment.number}/results`).then(
        (read) => {
          if (isShown) setResults(read);
          if (isShown) setError('');
        },
        (fault) => {
          if (isShown) setError(wordsOf(fault));
        },
      );
    void read();
    const timer = setInterval(() => !document.hidden && void read(), REFRESH_MS);
    return () => {
      isShown = false;
      clearInterval(timer);
    };
  }, [experiment.number, experiment.version]);
  return html`<p class="error" role="alert">${error}</p>${results ? html`<${ResultsView} experiment=${experiment} results=${results} />` : error === '' && html`<p class="waiting" role="status">Loading …</p>`}`;
}

interface Entry {
  readonly version: number;
  readonly at: number;
  readonly action: string;
  readonly note: string | null;
}

function History({ path, close }: { readonly path: string; readonly close: () => void }) {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  const [error, setError] = useState('');
  useEffect(() => {
    call<{ history: Entry[] }>('GET', `${path}/history`).then(
      ({ history }) => setEntries(history),
      (fault) => setError(wordsOf(fault)),
    );
  }, [path]);
  return html`<${Dialog} title="History" close=${close}><p class="error" role="alert">${error}</p>
<ol class="versions">${entries.map(({ version, at, action, note }) => html`<li key=${version}><div class="version-head"><b>${action}</b> <time datetime=${new Date(at).toISOString()}>${new Date(at).toLocaleString()}</time></div>${note && html`<p>${note}</p>`}</li>`)}</ol></${Dialog}>`;
}

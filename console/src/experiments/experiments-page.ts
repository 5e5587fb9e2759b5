import { useEffect, useRef, useState } from 'preact/hooks';
import { call, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { follow, go, usePlace } from '../base/router.ts';
import { freeName } from '../rules/model.ts';
import { ExperimentView } from './experiment-view.ts';
import { ageWords, type Experiment, newExperiment, STATE_NAMES } from './model.ts';

/** Experiments: made, started, watched and ended. */
export function ExperimentsPage() {
  const { query } = usePlace();
  const [experiments, setExperiments] = useState<readonly Experiment[] | undefined>(undefined);
  const [error, setError] = useState('');
  const detail = useRef<HTMLElement>(null);
  const chosen = query.get('experiment');
  const shown =
    experiments?.find(({ number }) => String(number) === chosen) ?? (chosen === null ? experiments?.[0] : undefined);
  useEffect(() => {
    call<{ experiments: Experiment[] }>('GET', '/api/experiments').then(
      (read) => setExperiments(read.experiments),
      (fault) => setError(wordsOf(fault)),
    );
  }, []);
  useEffect(() => {
    if (chosen !== null && matchMedia('(max-width: 60rem)').matches) detail.current?.scrollIntoView();
  }, [chosen]);
  const make = async () => {
    try {
      const names = experiments?.map(({ definition }) => definition.name) ?? [];
      const name = freeName('experiment', names).replaceAll(' ', '-');
      const made = await call<Experiment>('POST', '/api/experiments', newExperiment(name));
      setExperiments((all) => [made, ...(all ?? [])]);
      go(`/experiments?experiment=${made.number}`);
    } catch (fault) {
      setError(wordsOf(fault));
    }
  };
  const changed = (number: number, next: Experiment | undefined) => {
    setExperiments((all) => all?.flatMap((one) => (one.number === number ? (next ?? []) : one)));
    if (!next) go('/experiments', true);
  };
  const running = experiments?.filter(({ state }) => state === 'running').length ?? 0;
  return html`<div class="experiments-page">
<header class="bar"><h1>Experiments</h1><p class="status" role="status">${experiments && `${running === 0 ? 'None runs' : running === 1 ? '1 runs' : `${running} run`}.`}</p>
<div class="actions"><button type="button" class=${experiments?.length === 0 ? 'primary' : ''} onClick=${make}>New experiment</button></div></header>
<p class="error" role="alert">${error}</p>
${
  experiments?.length === 0
    ? html`<section class="card empty"><h2>Nothing has been tried yet</h2><p>An experiment gives each visitor one of several variants, and says what each of them earns: another way to choose products, a banner, a rule.</p></section>`
    : html`<div class="columns watched"><nav class="entries" aria-label="Experiments"><ul class="slot-list">${experiments?.map(
        (
          one,
        ) => html`<li key=${one.number}><a href=${`/console/experiments?experiment=${one.number}`} onClick=${follow} aria-current=${one === shown ? 'true' : undefined}>
<span class="entry-name">${one.definition.name}</span><span class="entry-marks"><span class="mark ${one.state === 'running' ? 'good' : ''}">${STATE_NAMES[one.state]}</span>${one.startedAt !== null && html`<span class="muted">${ageWords(one.startedAt, one.endedAt ?? Date.now())}</span>`}</span></a></li>`,
      )}</ul></nav>
<section class="card" ref=${detail} aria-label="Experiment" key=${shown?.number}>${shown ? html`<${ExperimentView} key=${`${shown.number}.${shown.version}`} experiment=${shown} changed=${(next: Experiment | undefined) => changed(shown.number, next)} />` : experiments && html`<p class="muted">There is no such experiment.</p>`}</section></div>`
}</div>`;
}

import { useEffect, useState } from 'preact/hooks';
import { call, wordsOf } from '../base/client.ts';
import { html } from '../base/html.ts';
import { AlarmList } from './alarm-list.ts';
import { AlertList } from './alert-list.ts';
import { CountsChart } from './counts-chart.ts';
import { countsBy, filled, type Pulse, withinWords } from './model.ts';
import { OddList, OddMinutes } from './odd-list.ts';
import { ReadyList } from './ready-list.ts';

/** How often the page asks again while somebody looks at it. */
const EACH_MS = 15_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** How the site is: what is not as it was, how much comes, and whether what it leans on answers. */
export function HealthPage() {
  const [pulse, setPulse] = useState<Pulse | undefined>(undefined);
  const [error, setError] = useState('');
  const [isWeek, setWeek] = useState(false);
  const read = () =>
    call<Pulse>('GET', '/api/pulse').then(
      (found) => {
        setPulse(found);
        setError('');
      },
      (fault) => setError(wordsOf(fault)),
    );
  const accept = (series: string) =>
    call('POST', '/api/pulse/usual', { series }).then(read, (fault) => setError(wordsOf(fault)));
  useEffect(() => {
    void read();
    const timer = setInterval(() => document.visibilityState === 'visible' && void read(), EACH_MS);
    return () => clearInterval(timer);
  }, []);
  const fired =
    pulse?.alerts.filter(({ firedAt, rule }) => firedAt !== null && rule !== 'VitrineAlarmOpen').length ?? 0;
  const open = fired + (pulse?.alarms.filter(({ endedAt }) => endedAt === null).length ?? 0);
  const status =
    open === 0 ? 'All is as usual.' : open === 1 ? 'One thing is not as usual.' : `${open} things are not as usual.`;
  return html`<div class="health-page">
<header class="bar"><h1>Health</h1><p class="status" role="status">${pulse && status}</p></header>
<p class="error" role="alert">${error}</p>
${pulse === undefined && error === '' && html`<p class="waiting">Loading …</p>`}
${
  pulse &&
  html`<section class="card" aria-labelledby="alerts"><h2 id="alerts">Alerts</h2><${AlertList} alerts=${pulse.alerts} /></section>
<section class="card" aria-labelledby="alarms"><h2 id="alarms">What is not as usual</h2><${AlarmList} alarms=${pulse.alarms} accept=${accept} /></section>
<section class="card" aria-labelledby="odd"><h2 id="odd">Events unlike others</h2><${OddList} odd=${pulse.odd} />${pulse.oddMinutes.length > 0 && html`<h3>Minutes unlike others</h3><${OddMinutes} minutes=${pulse.oddMinutes} />`}</section>
<section class="card" aria-labelledby="volume"><div class="bar"><h2 id="volume">What comes</h2>
<div class="choice" role="group" aria-label="How far back"><button type="button" aria-pressed=${!isWeek} onClick=${() => setWeek(false)}>Last hour</button><button type="button" aria-pressed=${isWeek} onClick=${() => setWeek(true)}>Seven days</button></div></div>
<${CountsChart} buckets=${isWeek ? filled(pulse.hours, HOUR_MS, Date.now()) : filled(pulse.minutes, MINUTE_MS, Date.now())} each=${isWeek ? 'hour' : 'minute'} />
<div class="counts"><${Counts} title="By type" kind="type" pulse=${pulse} /><${Counts} title="Refused, by reason" kind="rejected" pulse=${pulse} /><${Counts} title="By browser" kind="browser" pulse=${pulse} /></div>
<p class="muted">${pulse.series} series are watched.</p></section>
<section class="card" aria-labelledby="served"><h2 id="served">What is served</h2>
<dl class="within"><dt>A slot is filled</dt><dd>${withinWords('took', pulse.minutes)}</dd><dt>An event is counted</dt><dd>${withinWords('delay|applied', pulse.minutes)}</dd><dt>It is in the lake</dt><dd>${withinWords('delay|recorded', pulse.minutes)}</dd></dl>
<div class="counts"><${Counts} title="Slots and tiers" kind="decision" pulse=${pulse} /><${Counts} title="Reasons" kind="why" pulse=${pulse} /><${Counts} title="Requests" kind="request" pulse=${pulse} /></div></section>
<${ReadyList} />`
}</div>`;
}

function Counts({ title, kind, pulse }: { readonly title: string; readonly kind: string; readonly pulse: Pulse }) {
  const rows = countsBy(kind, pulse.minutes).slice(0, 12);
  return html`<table><caption>${title}, last hour</caption><tbody>${
    rows.length === 0
      ? html`<tr><td class="muted" colspan="2">none</td></tr>`
      : rows.map(
          ({ name, count }) =>
            html`<tr key=${name}><th scope="row">${name.replaceAll('|', ' · ')}</th><td>${count.toLocaleString()}</td></tr>`,
        )
  }</tbody></table>`;
}

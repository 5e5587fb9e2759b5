import { useState } from 'preact/hooks';
import type { Schedule } from '../../../core/merchandising/schedule.ts';
import type { Fault } from '../base/client.ts';
import { html } from '../base/html.ts';
import { CheckField, Faults, TextField } from '../parts/field.ts';

const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

interface ScheduleProps {
  readonly schedule: Schedule | undefined;
  readonly faults: readonly Fault[];
  readonly change: (schedule: Schedule | undefined) => void;
}

/** When a rule holds, by the clock on a wall. */
export function ScheduleForm({ schedule, faults, change }: ScheduleProps) {
  const [zones] = useState(() => Intl.supportedValuesOf('timeZone'));
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!schedule)
    return html`<fieldset class="group"><legend>When</legend><div class="choices"><${CheckField} label="Always" checked=${true} change=${() => change({ timeZone: own })} /></div></fieldset>`;
  const set = (part: { readonly [Key in keyof Schedule]?: Schedule[Key] | undefined }) =>
    change(
      Object.fromEntries(
        Object.entries({ ...schedule, ...part }).filter(([, value]) => value !== undefined),
      ) as Schedule,
    );
  const days = schedule.weekdays ?? [1, 2, 3, 4, 5, 6, 7];
  const setDays = (next: readonly number[]) =>
    set({ weekdays: next.length === 7 || next.length === 0 ? undefined : next.toSorted() });
  const [from = '', until = ''] = schedule.hours ?? [];
  const setHours = (hours: readonly [string, string]) =>
    set({ hours: hours[0] === '' && hours[1] === '' ? undefined : [hours[0] || '00:00', hours[1] || '00:00'] });
  const text = (value: string) => (value === '' ? undefined : value.slice(0, 16));
  return html`<fieldset class="group"><legend>When</legend>
<div class="choices"><${CheckField} label="Always" checked=${false} change=${() => change(undefined)} /></div>
<div class="pair"><${TextField} label="From" type="datetime-local" value=${schedule.from ?? ''} change=${(value: string) => set({ from: text(value) })} />
<${TextField} label="Until" type="datetime-local" value=${schedule.until ?? ''} change=${(value: string) => set({ until: text(value) })} /></div>
<div class="choices" role="group" aria-label="Days of the week">${DAYS.map((day, at) => {
    const on = days.includes(at + 1);
    return html`<${CheckField} key=${day} label=${day} checked=${on} change=${() => setDays(on ? days.filter((one) => one !== at + 1) : [...days, at + 1])} />`;
  })}</div>
<div class="pair"><${TextField} label="On each day from" type="time" value=${from} change=${(value: string) => setHours([value, until])} />
<${TextField} label="until" type="time" value=${until} change=${(value: string) => setHours([from, value])} /></div>
<${TextField} label="Time zone" value=${schedule.timeZone} list=${zones} change=${(timeZone: string) => set({ timeZone })} />
<${Faults} faults=${faults} /></fieldset>`;
}

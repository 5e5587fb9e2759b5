import type { Notice } from '../beacon.ts';
import type { BeaconEvent } from '../event-queue.ts';
import { guard, on } from '../guard.ts';
import type { Answer } from '../sender.ts';
import { post, stringify } from '../wire.ts';
import { changesOf } from './changes.ts';
import { element, removeAll } from './element.ts';
import { STYLE } from './style.ts';

/** Events that the panel shows, at most, and changes of the profile. */
const MAX_SHOWN = 100;
/** So long after an answer the profile has what was taken. */
const PROFILE_AFTER_MS = 150;

interface ShownEvent {
  readonly state: HTMLElement;
  readonly words: HTMLElement;
}

/**
 * Opens the debugger in the page: events as they were sent, what the server answered to each, what the profile made of them, and the page's slots.
 *
 * @param past what there was to hear before.
 * @param said members of each read: the site's key, who the visitor is.
 * @returns what hears what there is to hear from now on.
 */
export function openPanel(base: string, said: () => object, past: readonly Notice[]): (notice: Notice) => void {
  const host = document.createElement('vitrine-debugger');
  const root = host.attachShadow({ mode: 'open' });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const problems = element('div', { role: 'alert' });
  const events = element('ul');
  const slots = element('ul');
  const visitor = element('div');
  const changes = element('ul');
  const toggle = element('button', { type: 'button', 'aria-expanded': 'true' }, 'Hide');
  const close = element('button', { type: 'button', 'aria-label': 'Close the debugger' }, '✕');
  const title = (text: string) => element('h2', {}, text);
  const panel = element(
    'section',
    { class: 'panel', 'aria-label': 'Vitrine debugger' },
    element('header', {}, element('b', {}, 'Vitrine debugger'), toggle, close),
    element(
      'div',
      { class: 'body', tabindex: '0' },
      problems,
      title('Visitor'),
      visitor,
      title('Slots'),
      slots,
      title('Events, newest first'),
      events,
      title('Changes of the profile, newest first'),
      changes,
    ),
  );
  root.append(panel);
  on(toggle, 'click', () => {
    const isSmall = panel.classList.toggle('small');
    toggle.textContent = isSmall ? 'Show' : 'Hide';
    toggle.setAttribute('aria-expanded', String(!isSmall));
  });
  on(close, 'click', () => {
    guard(() => sessionStorage.removeItem('vitrine:debug'))();
    host.remove();
  });
  document.body.append(host);

  const told = new Set<string>();
  const problem = (text: string) => {
    if (told.has(text)) return;
    told.add(text);
    console.warn(`Vitrine: ${text}`);
    problems.append(element('p', { class: 'problem' }, text));
  };
  const shown = new Map<string, ShownEvent>();
  const showEvent = (event: BeaconEvent) => {
    const state = element('span', { class: 'what' }, 'waits');
    const words = element('div');
    const time = element('time', {}, new Date(event.occurredAt).toLocaleTimeString());
    const details = element(
      'details',
      {},
      element('summary', {}, element('span', { class: 'name' }, event.type), time, state),
      words,
      element('pre', {}, JSON.stringify(event, null, 2)),
    );
    events.prepend(element('li', {}, details));
    shown.set(event.id, { state, words });
    if (events.children.length > MAX_SHOWN) events.lastElementChild?.remove();
  };
  const judge = ({ id }: BeaconEvent, kind: 'good' | 'bad' | 'warn', text: string, words: readonly string[]) => {
    const one = shown.get(id);
    if (!one) return;
    one.state.className = kind;
    one.state.textContent = text;
    removeAll(one.words);
    for (const word of words) one.words.append(element('p', { class: kind }, word));
    if (kind !== 'good') one.state.closest('details')?.setAttribute('open', '');
  };
  const showAnswer = ({ status, events: sent, rejected = [], warnings = [], detail }: Answer) => {
    for (const [index, event] of sent.entries()) {
      const refused = rejected.find((one) => one.index === index);
      const words = warnings.filter((one) => one.index === index).map(({ message }) => message);
      if (status !== 202) judge(event, 'bad', status ? `not taken (${status})` : 'no answer', detail ? [detail] : []);
      else if (refused) judge(event, 'bad', refused.code, [refused.message]);
      else judge(event, words.length > 0 ? 'warn' : 'good', 'taken', words);
    }
    if (status !== 202) problem(status ? `${detail ?? 'The server refused.'}` : NO_ANSWER);
    else setTimeout(readProfile, PROFILE_AFTER_MS);
  };

  let profile: unknown = {};
  const readProfile = async () => {
    const response = await post(`${base}/v/profile`, stringify(said())).catch(() => undefined);
    if (!response) return;
    const now = (await response.json()) as { detail?: string };
    if (!response.ok) return visitorIs(now.detail ?? `The profile cannot be read (${response.status}).`);
    for (const { path, before, after } of changesOf(profile, now)) {
      const text = before === undefined ? stringify(after) : `${stringify(before)} → ${stringify(after) ?? 'gone'}`;
      changes.prepend(element('li', {}, element('b', {}, path), ` ${text}`));
      if (changes.children.length > MAX_SHOWN) changes.lastElementChild?.remove();
    }
    profile = now;
    visitorIs('The profile is read live.');
    await lookForCookie();
  };
  const visitorIs = (text: string) => {
    const { anonymousId = 'nobody yet: the visitor has not decided on consent' } = said() as { anonymousId?: string };
    removeAll(visitor);
    visitor.append(element('p', {}, element('b', {}, anonymousId)), element('p', { class: 'what' }, text));
  };
  /** The page has a token of its own; whether the cookie comes as well, only an answer to who has none tells. */
  let looked = false;
  const lookForCookie = async () => {
    if (looked) return;
    looked = true;
    const { key = '', anonymousId = '' } = said() as { key?: string; anonymousId?: string };
    const query = new URLSearchParams({ key, anonymousId });
    const response = await fetch(`${base}/v/profile?${query}`, { credentials: 'include' }).catch(() => undefined);
    if (response?.status === 403) problem(NO_COOKIE);
  };

  const showSlot = (slot: HTMLElement) => {
    const { vitrineSlot: name = '', vitrineTier = '', vitrineReason = '', vitrineMs = '' } = slot.dataset;
    const isGood = vitrineTier === 'live' || vitrineTier === 'recent';
    const items = slot.querySelectorAll('[data-product-id]').length;
    const row = element(
      'li',
      {},
      element('b', {}, name),
      ` ${items} products, `,
      element('span', { class: isGood ? 'good' : 'warn' }, vitrineTier || 'nothing came'),
      element('span', { class: 'what' }, ` ${vitrineReason}, ${vitrineMs} ms`),
    );
    row.dataset.slot = name;
    for (const old of slots.querySelectorAll<HTMLElement>('li')) if (old.dataset.slot === name) old.remove();
    slots.append(row);
  };
  for (const slot of document.querySelectorAll<HTMLElement>('[data-vitrine-tier]')) showSlot(slot);
  on(document, 'vitrine:slot', ({ target }) => target instanceof HTMLElement && showSlot(target));

  if (!navigator.cookieEnabled) problem(NO_COOKIE);
  visitorIs('');
  // Without a token of his, nobody reads a visitor; it comes with the first answer.
  if ((said() as { visitorToken?: string }).visitorToken) void readProfile();
  const hear = guard((notice: Notice) => {
    if (typeof notice === 'boolean') return;
    if ('events' in notice) showAnswer(notice);
    else showEvent(notice);
  });
  past.forEach(hear);
  return hear;
}

const NO_ANSWER =
  'Nothing answers. Is the network there, does the page’s Content-Security-Policy name Vitrine in connect-src, and does no blocker stop the request?';
const NO_COOKIE =
  'The visitor’s cookie does not come: the browser blocks it, or Vitrine is not on the shop’s own domain. Serve it from a subdomain of the shop, or through its own address; until then the page holds the visitor’s token itself.';

import type { ProfileRead } from './profile.ts';
import { showProfile } from './show-profile.ts';
import { showSlots } from './show-slots.ts';
import { readTitles } from './titles.ts';
import type { SlotResult } from './vitrine.ts';
import { watchProfile } from './watch-profile.ts';

const OPEN_KEY = 'halden-drawer';
/** From this width on the panel stands beside the shop, and stays open from page to page. */
const BESIDE = '(min-width: 1080px)';
const TROUBLES = {
  no_visitor: 'Vitrine has not met you yet. Look at something first.',
  busy: 'Vitrine is busy with your profile. It will be here in a moment.',
  unreachable: 'Vitrine cannot be reached right now. The shop goes on without it.',
} as const;

/** Brings the panel to life: its button, its keys, and what it shows. Does nothing on a page without it. */
export function startDrawer(): void {
  const drawer = document.querySelector<HTMLElement>('.drawer');
  const toggle = document.querySelector<HTMLButtonElement>('.drawer-toggle');
  const status = drawer?.querySelector<HTMLElement>('.drawer-status');
  const time = drawer?.querySelector<HTMLElement>('.drawer-time');
  const profilePlace = drawer?.querySelector('[data-drawer="profile"]');
  const slotsPlace = drawer?.querySelector('[data-drawer="slots"]');
  if (!drawer || !toggle || !status || !time || !profilePlace || !slotsPlace) return;

  const place = { status, time, profile: profilePlace };
  const results = new Map<string, SlotResult>();
  const look = watchProfile(() => !drawer.hidden, show);

  async function show(read: ProfileRead): Promise<void> {
    const known = read.outcome === 'known';
    const titles = await readTitles();
    place.status.dataset.state = known ? 'live' : 'trouble';
    place.status.textContent = known ? 'Live' : TROUBLES[read.outcome];
    place.time.textContent = known ? `read in ${Math.round(read.ms)} ms` : '';
    if (known) showProfile(place.profile, read.profile, titles);
  }

  const open = (byHand: boolean) => {
    drawer.toggleAttribute('data-slide', byHand);
    drawer.hidden = false;
    toggle.hidden = true;
    toggle.setAttribute('aria-expanded', 'true');
    remember(true);
    showSlots(slotsPlace, results);
    void look();
    if (byHand) drawer.focus();
  };
  const close = () => {
    drawer.hidden = true;
    toggle.hidden = false;
    toggle.setAttribute('aria-expanded', 'false');
    remember(false);
    toggle.focus();
  };

  toggle.addEventListener('click', () => open(true));
  drawer.querySelector('.drawer-close')?.addEventListener('click', close);
  drawer.querySelector('.drawer-refresh')?.addEventListener('click', () => window.vitrine?.refresh());
  document.addEventListener('keydown', ({ key }) => {
    if (key === 'Escape' && !drawer.hidden) close();
  });
  document.addEventListener('vitrine:slot', ({ detail }) => {
    results.set(detail.slot, detail);
    if (!drawer.hidden) showSlots(slotsPlace, results);
  });
  toggle.hidden = false;
  if (matchMedia(BESIDE).matches && wasOpen()) open(false);
}

function remember(isOpen: boolean): void {
  try {
    sessionStorage.setItem(OPEN_KEY, String(isOpen));
  } catch {
    // A browser without storage opens the panel by hand on each page.
  }
}

function wasOpen(): boolean {
  try {
    return sessionStorage.getItem(OPEN_KEY) === 'true';
  } catch {
    return false;
  }
}

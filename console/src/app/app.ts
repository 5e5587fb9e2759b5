import { useEffect, useState } from 'preact/hooks';
import { call, onSignedOut } from '../base/client.ts';
import { html } from '../base/html.ts';
import { usePlace } from '../base/router.ts';
import { CataloguePage } from '../catalogue/catalogue-page.ts';
import { EventsPage } from '../events/events-page.ts';
import { ExperimentsPage } from '../experiments/experiments-page.ts';
import { HealthPage } from '../health/health-page.ts';
import { LivePage } from '../live/live-page.ts';
import { RulesPage } from '../rules/rules-page.ts';
import { VisitorsPage } from '../visitors/visitors-page.ts';
import { Shell } from './shell.ts';
import { SignIn } from './sign-in.ts';

/** The pages of the console, in the order of its menu; later ones stand here. */
const PAGES = [
  { path: '/rules', title: 'Slots and rules', page: RulesPage },
  { path: '/catalogue', title: 'Catalogue', page: CataloguePage },
  { path: '/experiments', title: 'Experiments', page: ExperimentsPage },
  { path: '/events', title: 'Events', page: EventsPage },
  { path: '/visitors', title: 'Visitors', page: VisitorsPage },
  { path: '/live', title: 'Live', page: LivePage },
  { path: '/health', title: 'Health', page: HealthPage },
] as const;

/** The console: whoever is signed in sees a page, all others the way in. */
export function App() {
  const [site, setSite] = useState<string | null | undefined>(undefined);
  const { path } = usePlace();
  useEffect(() => {
    onSignedOut(() => setSite(null));
    call<{ site: string | null }>('GET', '/console/session').then(
      (session) => setSite(session.site),
      () => setSite(null),
    );
  }, []);
  const shown = PAGES.find((one) => path === one.path || path.startsWith(`${one.path}/`)) ?? PAGES[0];
  useEffect(() => {
    document.title = `${site ? shown.title : 'Sign in'} · Vitrine`;
  }, [site, shown]);
  if (site === undefined) return html`<p class="waiting" role="status">Loading …</p>`;
  if (site === null) return html`<${SignIn} done=${setSite} />`;
  return html`<${Shell} site=${site} pages=${PAGES} current=${shown.path} signedOut=${() => setSite(null)}><${shown.page} key=${site} /></${Shell}>`;
}

import type { Change, SiteKey } from '../../stores/sites/plan-change.ts';
import type { KeyKind } from '../../stores/sites/site-statements.ts';

const PURPOSE: Readonly<Record<KeyKind, string>> = {
  write: 'public: stands in the page',
  secret: 'servers only; shown once',
  identity: 'servers only; shown once: signs who a visitor is, see docs/identity.md',
};

/** What `npm run site` prints: the site, its keys (those just made in clear text) and, with a new write key, the tag for the page. */
export function describeSite(id: string, { site, made }: Change, vitrineUrl: string | undefined): string {
  const lines = [
    ['site', site.name === id ? id : `${id} (${site.name})`],
    ['origins', site.origins.join(' ') || 'none: no page of a browser may call it yet; give --origin'],
    ...site.keys.map((siteKey) => {
      const key = made.find((candidate) => candidate.id === siteKey.id)?.key;
      const about = describeKey(siteKey);
      return [`${siteKey.kind} key`, key === undefined ? about : `${key}  (${about}; ${PURPOSE[siteKey.kind]})`];
    }),
  ].map(([title = '', text]) => `${title.padEnd(14)}${text}`);
  const writeKey = made.find(({ kind }) => kind === 'write')?.key;
  if (writeKey !== undefined) {
    const base = vitrineUrl?.replace(/\/$/, '') ?? 'https://YOUR-VITRINE';
    lines.push('', 'for every page:', `<script async src="${base}/v/beacon.js" data-key="${writeKey}"></script>`);
  }
  return `${lines.join('\n')}\n`;
}

/** A key without its text: what is known of it, and what is to be done where others have it. */
function describeKey({ id, name, scopes, createdAt, lastUsedAt, leaked }: SiteKey): string {
  const facts = [
    `id ${id}`,
    name,
    scopes.length > 0 ? `may: ${scopes.join(', ')}` : '',
    `since ${dateOf(createdAt)}`,
    lastUsedAt === null ? '' : `last used ${dateOf(lastUsedAt)}`,
    leaked ? `LEAKED in a ${leaked.by} on ${dateOf(leaked.at)}: make another and revoke it` : '',
  ];
  return facts.filter((fact) => fact !== '').join(', ');
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

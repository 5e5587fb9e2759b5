import type { Change } from './plan-change.ts';
import type { KeyKind } from './site-statements.ts';

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
    ...site.keys.map(({ id: keyId, kind, createdAt }) => {
      const key = made.find((candidate) => candidate.id === keyId)?.key;
      const since = new Date(createdAt).toISOString().slice(0, 10);
      return [
        `${kind} key`,
        key === undefined ? `id ${keyId}, since ${since}` : `${key}  (id ${keyId}; ${PURPOSE[kind]})`,
      ];
    }),
  ].map(([title = '', text]) => `${title.padEnd(14)}${text}`);
  const writeKey = made.find(({ kind }) => kind === 'write')?.key;
  if (writeKey !== undefined) {
    const base = vitrineUrl?.replace(/\/$/, '') ?? 'https://YOUR-VITRINE';
    lines.push('', 'for every page:', `<script async src="${base}/v/beacon.js" data-key="${writeKey}"></script>`);
  }
  return `${lines.join('\n')}\n`;
}

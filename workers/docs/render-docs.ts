import { html, raw } from 'hono/html';
import type { apiDocument } from './document.ts';
import { DOCS_STYLE } from './style.ts';

type Document = ReturnType<typeof apiDocument>;
type PathItem = NonNullable<Document['paths']>[string];
type Operation = NonNullable<PathItem['get']>;

const METHODS = ['get', 'post', 'put', 'delete'] as const;

/** The API's document as a page that needs no script. */
export async function renderDocs(document: Document): Promise<string> {
  const operations = Object.entries(document.paths ?? {}).flatMap(([path, item]) =>
    METHODS.flatMap((method) => (item[method] ? [{ path, method, operation: item[method] }] : [])),
  );
  const groups = Map.groupBy(operations, ({ operation }) => operation.tags?.[0] ?? 'Other');
  const page = await html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${document.info.title} API</title>
<style>${raw(DOCS_STYLE)}</style>
</head>
<body>
<header><h1>${document.info.title} API</h1><p>${document.info.description}</p><p><a href="/openapi.json">openapi.json</a></p></header>
<nav aria-label="Operations">${[...groups].map(([tag, members]) => html`<h2>${tag}</h2><ul>${members.map(({ method, path }) => html`<li><a href="#${anchorOf(method, path)}">${badge(method)} ${path}</a></li>`)}</ul>`)}</nav>
<main>${operations.map(({ path, method, operation }) => section(path, method, operation))}
<section><h2>Schemas</h2>${Object.entries(document.components?.schemas ?? {}).map(([name, schema]) => details(name, schema))}</section></main>
</body>
</html>`;
  return page.toString();
}

function section(path: string, method: string, operation: Operation) {
  const parameters = (operation.parameters ?? []).flatMap((parameter) => ('name' in parameter ? [parameter] : []));
  return html`<section id="${anchorOf(method, path)}"><h2>${badge(method)} <code>${path}</code></h2>
<p><strong>${operation.summary}.</strong> ${operation.description ?? ''}</p>
<p class="keys">${keysOf(operation)}</p>
${parameters.length === 0 ? '' : html`<div class="scroll"><table><thead><tr><th>Parameter</th><th>In</th><th>Shape</th></tr></thead><tbody>${parameters.map((parameter) => html`<tr><td><code>${parameter.name}</code>${parameter.required ? ' (required)' : ''}</td><td>${parameter.in}</td><td><code>${shapeOf(parameter.schema)}</code></td></tr>`)}</tbody></table></div>`}
${contents(operation.requestBody).map(([type, schema]) => details(`Request body: ${type}`, schema))}
${Object.entries(operation.responses ?? {}).map(([status, response]) => html`<p class="status"><b>${status}</b> ${'description' in response ? response.description : ''}</p>${status.startsWith('2') ? contents(response).map(([type, schema]) => details(type, schema)) : ''}`)}
</section>`;
}

function contents(part: unknown): [type: string, schema: unknown][] {
  if (typeof part !== 'object' || part === null || !('content' in part)) return [];
  return Object.entries(part.content as Record<string, { schema?: unknown }>).map(([type, { schema }]) => [
    type,
    schema,
  ]);
}

function details(title: string, schema: unknown) {
  return html`<details><summary>${title}</summary><pre><code>${JSON.stringify(schema, null, 2)}</code></pre></details>`;
}

function badge(method: string) {
  return html`<span class="method ${method}">${method.toUpperCase()}</span>`;
}

function keysOf({ security }: Operation): string {
  const names = (security ?? []).flatMap((requirement) => Object.keys(requirement));
  if (names.length === 0) return 'Needs no key.';
  return names.includes('writeKey') ? 'Needs the write key; the secret key does as well.' : 'Needs the secret key.';
}

/** A parameter's schema in a line. */
function shapeOf(schema: unknown): string {
  if (typeof schema !== 'object' || schema === null) return '';
  return Object.entries(schema)
    .map(([name, value]) => (name === 'type' ? String(value) : `${name}: ${JSON.stringify(value)}`))
    .join(', ');
}

function anchorOf(method: string, path: string): string {
  return `${method}${path.replaceAll(/[^a-z0-9]+/gi, '-')}`;
}

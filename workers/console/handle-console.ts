import { html, raw } from 'hono/html';
import { DOCS_STYLE } from '../docs/style.ts';

/** `GET /console`: where the operators' console will stand; until then it says what there is in its place. */
export async function handleConsole(): Promise<Response> {
  const page = await html`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Vitrine console</title><style>${raw(DOCS_STYLE)}</style></head>
<body>
<header><h1>Console</h1><p>The console is not built yet.</p></header>
<main style="grid-column: 1 / -1"><p>Until it is: <a href="/docs">the API</a> has the model (<code>GET /api/model</code>), <code>wrangler tail</code> shows each request and batch in a line, and
<code>wrangler d1 execute vitrine --command "SELECT * FROM rollups"</code> counts events by hour and type.</p></main>
</body>
</html>`;
  return new Response(page.toString(), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
    },
  });
}

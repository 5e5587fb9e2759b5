import { apiDocument } from './document.ts';
import { renderDocs } from './render-docs.ts';

const HEADERS = {
  'cache-control': 'public, max-age=300',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
};

/** `GET /openapi.json`: the API as OpenAPI 3.1. */
export function handleOpenApi(): Response {
  return Response.json(apiDocument(), { headers: { ...HEADERS, 'access-control-allow-origin': '*' } });
}

/** `GET /docs`: the same as a page. */
export async function handleDocs(): Promise<Response> {
  return new Response(await renderDocs(apiDocument()), {
    headers: { ...HEADERS, 'content-type': 'text/html; charset=utf-8' },
  });
}

/**
 * Calls what HTTP can't reach in the Worker: its `queue` and `scheduled` handlers.
 *
 * - `POST /queue` with `{ queue, messages: [{ id, timestampMs, attempts, contentType, body }] }` (body in base64) answers the
 *   outcome of each message, as the queue's runtime sees it: `{ outcome, ackAll, retryBatch, explicitAcks, retryMessages }`.
 * - `POST /scheduled` with `{ cron, scheduledTimeMs }` answers `{ outcome }`.
 */
export default {
  async fetch(request, env) {
    const { pathname } = new URL(request.url);
    const input = await request.json();
    if (pathname === '/queue') {
      const result = await env.VITRINE.queue(input.queue, input.messages.map(readMessage));
      return Response.json(result);
    }
    if (pathname === '/scheduled') {
      const result = await env.VITRINE.scheduled({ cron: input.cron, scheduledTime: new Date(input.scheduledTimeMs) });
      return Response.json(result);
    }
    return new Response('not found', { status: 404 });
  },
};

function readMessage({ id, timestampMs, attempts, contentType, body }) {
  const bytes = Uint8Array.from(atob(body), (char) => char.charCodeAt(0));
  const head = { id, timestamp: new Date(timestampMs), attempts };
  if (contentType === 'v8') return { ...head, serializedBody: bytes };
  if (contentType === 'bytes') return { ...head, body: bytes };
  const text = new TextDecoder().decode(bytes);
  return { ...head, body: contentType === 'json' ? JSON.parse(text) : text };
}

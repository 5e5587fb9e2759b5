import { SLOT_STYLE } from './slot-style.ts';

/** `GET /v/slots.css`: the looks of slots, for shops that have none of their own. */
export function handleSlotStyle(): Response {
  return new Response(SLOT_STYLE, {
    headers: {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=300, stale-while-revalidate=86400',
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    },
  });
}

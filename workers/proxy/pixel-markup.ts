import { asciiHtml } from '../../core/proxy/rewritable.ts';

/** Longer properties are not sent: addresses have an end. */
const MAX_PROPERTIES = 4_096;

/** A picture that a browser without script loads, and tells by it what is viewed. */
export function viewPixel(type: string, properties?: string): string {
  const query = new URLSearchParams({ type });
  if (properties !== undefined && properties.length <= MAX_PROPERTIES) query.set('properties', properties);
  const src = `/v/pixel.gif?${query}`.replaceAll('&', '&amp;');
  return asciiHtml(`<noscript><img src="${src}" alt="" width="1" height="1"></noscript>`);
}

import { decodeHTMLAttribute } from 'entities';
import { askOf, askOfInclude, type SlotAsk } from '../../core/proxy/slot-ask.ts';
import { viewPixel } from './pixel-markup.ts';
import type { FilledSlot, SlotCalls } from './slot-calls.ts';

/** Elements whose content is text, or is not shown, or may hold no section. */
const NO_SLOTS = new Set(
  'script style title textarea noscript iframe xmp noembed noframes plaintext template select option html head'.split(
    ' ',
  ),
);
/** Attributes of `<vitrine-slot>`, and those that all slots have. */
const SAID_SHORT = [
  ['name', 'data-vitrine-slot'],
  ['strategy', 'data-strategy'],
  ['item', 'data-item'],
  ['limit', 'data-limit'],
] as const;
const encoder = new TextEncoder();

/** What was found on a page once it has passed. */
export interface PageFindings {
  readonly asks: SlotAsk[];
  /** Whether there was anything to do. */
  any: boolean;
}

/**
 * Fills a page's slots while it streams: `<vitrine-slot name>`, elements with `data-vitrine-slot`, and `<esi:include>` of a fragment. What a slot
 * had of its own lies in a `<template>` behind what came, or shows where nothing did. Visitors without script get pictures that tell of what the page
 * declares as viewed. Every handler is synchronous, so that nothing of the page waits but what stands behind a slot.
 *
 * @param done hears what the page had.
 */
export function fillPage(response: Response, calls: SlotCalls, done: (findings: PageFindings) => void): Response {
  const page = new Page(calls, done);
  return new HTMLRewriter()
    .on('html', { element: (element) => page.html(element) })
    .on('body', { element: (element) => page.body(element) })
    .on('vitrine-slot, [data-vitrine-slot]', { element: (element) => page.slot(element) })
    .on('esi\\:include', { element: (element) => page.include(element) })
    .on('script[data-key]', { element: (element) => page.script(element) })
    .on('[data-vitrine-view]', { element: (element) => page.view(element) })
    .onDocument({ end: (end) => page.end(end) })
    .transform(response);
}

class Page {
  private readonly findings: PageFindings = { asks: [], any: false };
  private locale: string | undefined;
  /** Slots that are open: what stands in one is its own content. */
  private open = 0;
  private hasBeacon = false;
  private awaitsConsent = false;
  private bodySeen = false;

  private readonly calls: SlotCalls;
  private readonly done: (findings: PageFindings) => void;

  constructor(calls: SlotCalls, done: (findings: PageFindings) => void) {
    this.calls = calls;
    this.done = done;
  }

  html(element: Element): void {
    this.locale = localeOf(element.getAttribute('lang'));
  }

  body(element: Element): void {
    this.bodySeen = true;
    if (this.hasBeacon && !this.awaitsConsent) element.prepend(viewPixel('page_viewed'), { html: true });
  }

  /** The beacon's own script tag: says that the page is tracked, and whether only after a decision. */
  script(element: Element): void {
    if (!/\/v\/beacon[.\w]*\.js/.test(element.getAttribute('src') ?? '')) return;
    this.awaitsConsent = element.getAttribute('data-consent') === 'required';
    if (this.bodySeen && !this.hasBeacon && !this.awaitsConsent)
      element.before(viewPixel('page_viewed'), { html: true });
    this.hasBeacon = true;
  }

  view(element: Element): void {
    this.findings.any = true;
    const type = attributeOf(element, 'data-vitrine-view');
    if (!type || this.awaitsConsent || this.open > 0 || NO_SLOTS.has(element.tagName)) return;
    const pixel = viewPixel(type, attributeOf(element, 'data-vitrine-properties') ?? undefined);
    if (element.tagName === 'body') element.prepend(pixel, { html: true });
    else element.before(pixel, { html: true });
  }

  slot(element: Element): void {
    const ask = askOf((name) => attributeOf(element, name), this.locale);
    if (!ask || this.open > 0 || NO_SLOTS.has(element.tagName)) return;
    try {
      element.onEndTag((tag) => {
        this.open -= 1;
        tag.before(
          late(call, (filled) => (filled ? '</template>' : '')),
          { html: true },
        );
      });
    } catch {
      // An element that has no end holds nothing.
      return;
    }
    this.open += 1;
    const call = this.ask(ask);
    // As they are written, so that the beacon finds them.
    for (const [own, name] of element.tagName === 'vitrine-slot' ? SAID_SHORT : []) {
      const written = element.getAttribute(own);
      if (written !== null && !element.hasAttribute(name)) element.setAttribute(name, written);
    }
    element.prepend(
      late(call, (filled) =>
        filled ? `${filled.html}<template data-vitrine-edge="${filled.tier} ${filled.reason}">` : '',
      ),
      { html: true },
    );
  }

  include(element: Element): void {
    const ask = askOfInclude(attributeOf(element, 'src') ?? '', this.locale);
    if (!ask || this.open > 0) return;
    const slot = ask.slot.replace(/[^\w-]/g, '');
    element.before(
      late(this.ask(ask), (filled) =>
        filled
          ? `<div data-vitrine-slot="${slot}">${filled.html}<template data-vitrine-edge="${filled.tier} ${filled.reason}"></template></div>`
          : '',
      ),
      { html: true },
    );
    element.removeAndKeepContent();
  }

  end(end: DocumentEnd): void {
    // Slots that the page never closed hold all that follows them.
    if (this.open > 0) end.append('</template>'.repeat(this.open), { html: true });
    this.done(this.findings);
  }

  private ask(ask: SlotAsk): Promise<FilledSlot | null> {
    this.findings.any = true;
    this.findings.asks.push(ask);
    return this.calls.get(ask);
  }
}

/** An attribute as a browser reads it: the rewriter gives it as it is written. */
function attributeOf(element: Element, name: string): string | null {
  const written = element.getAttribute(name);
  return written === null ? null : decodeHTMLAttribute(written);
}

/** A stream of what will be known; the page goes on once it is. */
function late(call: Promise<FilledSlot | null>, text: (filled: FilledSlot | null) => string): Response {
  return new Response(
    new ReadableStream({
      async pull(controller) {
        const bytes = encoder.encode(text(await call));
        if (bytes.length > 0) controller.enqueue(bytes);
        controller.close();
      },
    }),
  );
}

/** The language of `<html lang>` as reads take it; nothing for what is none. */
function localeOf(lang: string | null): string | undefined {
  if (!lang) return undefined;
  try {
    const { language, region } = new Intl.Locale(lang.trim().replaceAll('_', '-'));
    if (!/^[a-z]{2,3}$/.test(language) || language === 'und') return undefined;
    return region !== undefined && /^[A-Z]{2}$/.test(region) ? `${language}-${region}` : language;
  } catch {
    return undefined;
  }
}

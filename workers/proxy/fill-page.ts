import { decodeHTMLAttribute } from 'entities';
import { asciiHtml, charsetOf } from '../../core/proxy/rewritable.ts';
import { askOf, askOfInclude, type SlotAsk } from '../../core/proxy/slot-ask.ts';
import { log } from '../../stores/log.ts';
import type { FoundOnPage } from './page-memory.ts';
import { viewPixel } from './pixel-markup.ts';
import type { FilledSlot, SlotCall, SlotCalls } from './slot-calls.ts';

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
/** Elements that are looked at on every page. */
const OWN = ['html', 'body', 'vitrine-slot', 'esi\\:include', 'script[data-key]'];
const encoder = new TextEncoder();

/**
 * Fills a page's slots while it streams: `<vitrine-slot name>`, elements with `data-vitrine-slot`, and `<esi:include>` of a fragment. What a slot
 * had of its own lies in a `<template>` behind what came, or shows where nothing did. Visitors without script get pictures that tell of what the page
 * declares as viewed. Every handler is synchronous, so that nothing of the page waits but what stands behind a slot.
 *
 * @param tags the elements that say by an attribute what they are, where that is known: to look at every element's attributes takes longer than all else.
 * @param done hears what the page had.
 */
export function fillPage(
  response: Response,
  calls: SlotCalls,
  tags: readonly string[] | undefined,
  done: (found: FoundOnPage) => void,
): Response {
  const page = new Page(response, calls, tags === undefined, done);
  const selectors = (tags ?? ['']).flatMap((tag) => [`${tag}[data-vitrine-slot]`, `${tag}[data-vitrine-view]`]);
  return new HTMLRewriter()
    .on([...OWN, ...selectors].join(', '), { element: (element) => page.element(element) })
    .onDocument({ end: (end) => page.end(end) })
    .transform(response);
}

class Page {
  private readonly asks: SlotAsk[] = [];
  private readonly tags = new Set<string>();
  private any = false;
  private locale: string | undefined;
  /** Slots that are open: what stands in one is its own content. */
  private open = 0;
  private hasBeacon = false;
  private awaitsConsent = false;
  private bodySeen = false;
  private readonly isUtf8: boolean;

  private readonly calls: SlotCalls;
  private lookedAtAll: boolean;
  private readonly done: (found: FoundOnPage) => void;

  constructor(response: Response, calls: SlotCalls, lookedAtAll: boolean, done: (found: FoundOnPage) => void) {
    this.calls = calls;
    this.lookedAtAll = lookedAtAll;
    this.done = done;
    this.isUtf8 = charsetOf(response.headers.get('content-type')) === 'utf-8';
  }

  /** One handler for all: each costs its own of every page. What is thrown in it would end the page. */
  element(element: Element): void {
    try {
      this.handle(element);
    } catch (error) {
      log('page_element_failed', { tag: element.tagName.slice(0, 64), error: String(error) });
    }
  }

  private handle(element: Element): void {
    const { tagName } = element;
    const attributes = attributesOf(element);
    if (tagName === 'html') this.locale = localeOf(attributes.get('lang'));
    if (tagName === 'body') this.body(element);
    if (tagName === 'script') this.script(element, attributes);
    if (attributes.has('data-vitrine-view')) this.view(element, attributes);
    if (tagName === 'esi:include') this.include(element, attributes);
    else if (tagName === 'vitrine-slot' || attributes.has('data-vitrine-slot')) this.slot(element, attributes);
  }

  private body(element: Element): void {
    this.bodySeen = true;
    if (this.hasBeacon && !this.awaitsConsent) element.prepend(viewPixel('page_viewed'), { html: true });
  }

  /** The beacon's own script tag: says that the page is tracked, and whether only after a decision. */
  private script(element: Element, attributes: Attributes): void {
    if (!/\/v\/beacon[.\w]*\.js/.test(attributes.get('src') ?? '')) return;
    this.awaitsConsent = attributes.get('data-consent') === 'required';
    if (this.bodySeen && !this.hasBeacon && !this.awaitsConsent)
      element.before(viewPixel('page_viewed'), { html: true });
    this.hasBeacon = true;
  }

  private view(element: Element, attributes: Attributes): void {
    this.any = true;
    this.note(element);
    const type = attributes.get('data-vitrine-view');
    if (!type || this.awaitsConsent || this.open > 0 || NO_SLOTS.has(element.tagName)) return;
    const pixel = viewPixel(type, attributes.get('data-vitrine-properties'));
    if (element.tagName === 'body') element.prepend(pixel, { html: true });
    else element.before(pixel, { html: true });
  }

  private slot(element: Element, attributes: Attributes): void {
    if (element.tagName !== 'vitrine-slot') this.note(element);
    const ask = askOf(attributes, this.locale);
    if (!ask || this.open > 0 || NO_SLOTS.has(element.tagName)) return;
    let call: SlotCall | undefined;
    try {
      element.onEndTag((tag) => {
        this.open -= 1;
        if (call) tag.before(textOf(call, closed), { html: true });
      });
    } catch {
      // An element that has no end holds nothing.
      return;
    }
    this.open += 1;
    call = this.ask(ask);
    // As they are written, so that the beacon finds them.
    for (const [own, name] of element.tagName === 'vitrine-slot' ? SAID_SHORT : [])
      if (attributes.has(own) && !attributes.has(name)) element.setAttribute(name, element.getAttribute(own) ?? '');
    element.prepend(textOf(call, this.opened), { html: true });
  }

  private include(element: Element, attributes: Attributes): void {
    const ask = askOfInclude(attributes.get('src') ?? '', this.locale);
    if (!ask || this.open > 0) return;
    const slot = ask.slot.replace(/[^\w-]/g, '');
    const whole = (filled: FilledSlot | null) =>
      filled ? `<div data-vitrine-slot="${slot}">${this.opened(filled)}${closed(filled)}</div>` : '';
    element.before(textOf(this.ask(ask), whole), { html: true });
    element.removeAndKeepContent();
  }

  end(end: DocumentEnd): void {
    // Slots that the page never closed hold all that follows them.
    if (this.open > 0) end.append('</template>'.repeat(this.open), { html: true });
    const { asks, any, tags, lookedAtAll } = this;
    this.done({ asks, any, tags: [...tags], lookedAtAll });
  }

  /** Remembers what the element is called; where a selector cannot say it, every element is to be looked at again. */
  private note({ tagName }: Element): void {
    if (/^[a-z][a-z0-9-]*$/.test(tagName)) this.tags.add(tagName);
    else this.lookedAtAll = false;
  }

  /** What a slot brought, and the start of what holds its own content. A page that does not say that it is UTF-8 gets ASCII. */
  private readonly opened = (filled: FilledSlot | null): string => {
    if (!filled) return '';
    const html = this.isUtf8 ? filled.html : asciiHtml(filled.html);
    return `${html}<template data-vitrine-edge="${filled.tier} ${filled.reason}">`;
  };

  private ask(ask: SlotAsk): SlotCall {
    this.any = true;
    this.asks.push(ask);
    return this.calls.get(ask);
  }
}

type Attributes = ReadonlyMap<string, string>;

/** Attributes as a browser reads them: the rewriter gives them as they are written. */
function attributesOf(element: Element): Attributes {
  const attributes = new Map<string, string>();
  for (const [name, written] of element.attributes as Iterable<[string, string]>)
    if (!attributes.has(name)) attributes.set(name, written.includes('&') ? decodeHTMLAttribute(written) : written);
  return attributes;
}

function closed(filled: FilledSlot | null): string {
  return filled ? '</template>' : '';
}

/** A text of what a slot brought: at once if it is there, else a stream; the page goes on once it is. */
function textOf({ known, filled }: SlotCall, text: (filled: FilledSlot | null) => string): string | Response {
  if (known !== undefined) return text(known);
  return new Response(
    new ReadableStream({
      async pull(controller) {
        const bytes = encoder.encode(text(await filled));
        if (bytes.length > 0) controller.enqueue(bytes);
        controller.close();
      },
    }),
  );
}

/** The language of `<html lang>` as reads take it; nothing for what is none. */
function localeOf(lang: string | undefined): string | undefined {
  if (!lang) return undefined;
  if (locales.has(lang)) return locales.get(lang);
  if (locales.size >= MAX_LOCALES) locales.clear();
  const locale = readLocale(lang);
  locales.set(lang, locale);
  return locale;
}

/** A shop has few languages, and to read one takes longer than to find it. */
const locales = new Map<string, string | undefined>();
const MAX_LOCALES = 100;

function readLocale(lang: string): string | undefined {
  try {
    const { language, region } = new Intl.Locale(lang.trim().replaceAll('_', '-'));
    if (!/^[a-z]{2,3}$/.test(language) || language === 'und') return undefined;
    return region !== undefined && /^[A-Z]{2}$/.test(region) ? `${language}-${region}` : language;
  } catch {
    return undefined;
  }
}

import type { ShownContent } from '../templates/shown-content.ts';
import type { SlotDefinition } from './document.ts';

/** A text in a language: of its country, else of itself, else the one for all others. */
export function textIn(
  texts: Readonly<Record<string, string>> | undefined,
  locale: string | undefined,
): string | undefined {
  if (!texts) return undefined;
  const names = locale === undefined ? ['default'] : [locale, locale.split('-')[0] ?? '', 'default'];
  const name = names.find((one) => Object.hasOwn(texts, one));
  return name === undefined ? undefined : texts[name];
}

/** The content that a rule has chosen, or the one called `default`, if the slot has it. */
export function contentOf(
  slot: Pick<SlotDefinition, 'content'> | undefined,
  chosen: string | undefined,
  locale: string | undefined,
): ShownContent | undefined {
  const name = chosen ?? 'default';
  if (!slot || !Object.hasOwn(slot.content, name)) return undefined;
  const { title, text, image, url } = slot.content[name] ?? {};
  const [shownTitle, shownText] = [textIn(title, locale), textIn(text, locale)];
  return {
    name,
    ...(shownTitle !== undefined && { title: shownTitle }),
    ...(shownText !== undefined && { text: shownText }),
    ...(image !== undefined && { image }),
    ...(url !== undefined && { url }),
  };
}

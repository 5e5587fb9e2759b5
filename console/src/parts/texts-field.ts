import { html } from '../base/html.ts';

type Texts = Readonly<Record<string, string>>;

interface TextsProps {
  readonly label: string;
  readonly texts: Texts | undefined;
  readonly change: (texts: Texts | undefined) => void;
  readonly rows?: number;
}

const LANGUAGES = ['default', 'en', 'de', 'fr', 'it', 'es', 'nl', 'pl', 'sv', 'da'];

/** A text by language; `default` holds for all others. */
export function TextsField({ label, texts, change }: TextsProps) {
  const entries = Object.entries(texts ?? {});
  const set = (next: readonly (readonly [string, string])[]) =>
    change(next.length === 0 ? undefined : Object.fromEntries(next));
  const used = new Set(entries.map(([language]) => language));
  const free = LANGUAGES.find((one) => !used.has(one));
  return html`<fieldset class="texts"><legend>${label}</legend>
${entries.map(
  ([language, text], at) => html`<div class="text-row" key=${at}>
<input class="language" aria-label="${label}: language" value=${language} list="languages" onChange=${(event: Event) =>
    set(
      entries.map((one, place) =>
        place === at ? [(event.currentTarget as HTMLInputElement).value.trim(), text] : one,
      ),
    )} />
<input aria-label="${label} (${language})" value=${text} onInput=${(event: InputEvent) =>
    set(
      entries.map((one, place) => (place === at ? [language, (event.currentTarget as HTMLInputElement).value] : one)),
    )} />
<button type="button" class="quiet" aria-label="Remove ${language}" onClick=${() => set(entries.filter((_, place) => place !== at))}>✕</button></div>`,
)}
${free && html`<button type="button" class="link" onClick=${() => set([...entries, [free, '']])}>${entries.length === 0 ? 'Add a text' : 'Add a language'}</button>`}
<datalist id="languages">${LANGUAGES.map((one) => html`<option value=${one} />`)}</datalist></fieldset>`;
}

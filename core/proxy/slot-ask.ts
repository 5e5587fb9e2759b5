/** What a page's markup asks of a slot, as texts; the query of a read checks them. */
export interface SlotAsk {
  readonly slot: string;
  readonly strategy?: string;
  readonly item?: string;
  readonly limit?: string;
  /** The language of the page. */
  readonly locale?: string;
}

const MEMBERS = ['strategy', 'item', 'limit'] as const;

/** The slot that an element is, by its attributes: `<vitrine-slot name>` or `data-vitrine-slot`, with `strategy`, `item`, `limit` or `data-…` of them. */
export function askOf(attributes: ReadonlyMap<string, string>, locale: string | undefined): SlotAsk | undefined {
  const slot = attributes.get('data-vitrine-slot') ?? attributes.get('name');
  if (slot === undefined || slot === '') return undefined;
  const said = MEMBERS.flatMap((member) => {
    const value = attributes.get(`data-${member}`) ?? attributes.get(member);
    return value === undefined || value === '' ? [] : [[member, value] as const];
  });
  return { slot, ...Object.fromEntries(said), ...(locale !== undefined && { locale }) };
}

/** The slot that `<esi:include src="/v/fragments/home?strategy=trending">` names; nothing for any other address. */
export function askOfInclude(src: string, locale: string | undefined): SlotAsk | undefined {
  const url = URL.parse(src, 'https://page.invalid/');
  const slot = /^\/v\/fragments\/([^/]+)$/.exec(url?.pathname ?? '')?.[1];
  if (!url || slot === undefined || url.host !== 'page.invalid') return undefined;
  return askOf(new Map([...url.searchParams, ['data-vitrine-slot', slot]]), locale);
}

/** One text for one question. */
export function askKey({ slot, strategy = '', item = '', limit = '', locale = '' }: SlotAsk): string {
  return JSON.stringify([slot, strategy, item, limit, locale]);
}

import type { Explanation } from '../../../core/decide/explanation.ts';
import { call } from '../base/client.ts';

/** What a slot would show, with why. */
export interface Previewed {
  readonly strategy: string;
  readonly tier: string;
  readonly reason: string;
  readonly heading?: string;
  readonly html: string;
  readonly items: readonly {
    readonly id: string;
    readonly title: string;
    readonly image?: string;
    readonly price?: { readonly amount: number; readonly currency: string };
    readonly salePrice?: { readonly amount: number; readonly currency: string };
    readonly reason: { readonly text: string };
  }[];
  readonly explanation?: Explanation & { readonly merchandising: number };
  readonly product?: { readonly id: string; readonly state: string; readonly place?: number; readonly by?: string };
}

/** The visitor for whom a slot is looked at. */
export interface PretendedVisitor {
  readonly kind: 'new' | 'device' | 'user' | 'made_up';
  readonly id: string;
  readonly segments: readonly string[];
  /** Ids of his last products, newest first. */
  readonly recent: readonly string[];
  readonly device: string;
  readonly country: string;
  /** As `<input type="datetime-local">` says it; empty: now. */
  readonly at: string;
  readonly page: string;
  readonly item: string;
  readonly locale: string;
}

export const SOMEBODY_NEW: PretendedVisitor = {
  ...{ kind: 'new', id: '', segments: [], recent: [], device: '', country: '', at: '', page: '', item: '', locale: '' },
};

/** Asks what a slot would show him, by the draft or by what is in force; `product`: of which it shall say what becomes of it. */
export function preview(slot: string, draft: boolean, visitor: PretendedVisitor, product?: string): Promise<Previewed> {
  const { kind, id, segments, recent, device, country, at, page, item, locale } = visitor;
  const isMadeUp = kind === 'made_up' || kind === 'new';
  const context = { ...(device !== '' && { device }), ...(country !== '' && { country: country.toUpperCase() }) };
  const pretend = {
    ...(isMadeUp && {
      visitor: { known: kind === 'made_up', has_user: false, sessions: 1, orders: 0, cart: [], recent, days_known: 0 },
    }),
    ...(isMadeUp && { segments, recent }),
    ...(Object.keys(context).length > 0 && { context }),
    ...(at !== '' && { at: new Date(at).getTime() }),
  };
  return call('POST', '/api/merchandising/preview', {
    ...{ slot, draft, pretend },
    ...(kind === 'device' && id !== '' && { anonymousId: id }),
    ...(kind === 'user' && id !== '' && { userId: id }),
    ...(page !== '' && { page }),
    ...(item !== '' && { item }),
    ...(locale !== '' && { locale }),
    ...(product !== undefined && { product }),
  });
}

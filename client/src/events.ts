/** An event as a server says it; types and properties follow Segment's e-commerce spec in snake case. */
export interface ServerEvent {
  /** E.g. `product_added`, `order_completed`. */
  readonly type: string;
  /** Whose it is: a user of the shop, or a device by the id of its cookie `vitrine_id`; at least one of them. */
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly context?: Readonly<Record<string, unknown>>;
  /** Default: now. */
  readonly occurredAt?: Date | string;
  /** Give one where the event may be told again, e.g. `order-4711`: it counts once. Default: a new one. */
  readonly id?: string;
}

/** An event that was not taken, and why: in words of the server, or since nothing answered. */
export interface RefusedEvent {
  readonly event: ServerEvent & { readonly id: string };
  readonly code: string;
  readonly message: string;
}

/** Who is asked for, and what: one of `anonymousId` and `userId`. */
export interface RecommendationQuery {
  readonly slot: string;
  readonly anonymousId?: string;
  readonly userId?: string;
  readonly strategy?: string;
  /** The product that `similar` goes with. */
  readonly item?: string;
  readonly limit?: number;
  readonly locale?: string;
  /** The address of the page, for rules that ask for it. */
  readonly page?: string;
}

/** What a slot shows, best first. */
export interface Recommendations {
  readonly slot: string;
  readonly strategy: string;
  /** How it came about: `live` and `recent` from the visitor's own profile. */
  readonly tier: string;
  readonly reason: string;
  /** To be sent along with `recommendation_shown` and `recommendation_clicked`. */
  readonly decision?: string | undefined;
  readonly heading?: string | undefined;
  readonly layout?: string | undefined;
  readonly items: readonly {
    readonly id: string;
    readonly title: string;
    readonly url: string;
    readonly score: number;
    readonly reason: { readonly code: string; readonly item?: string | undefined; readonly text: string };
  }[];
}

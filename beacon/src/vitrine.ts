/** What the beacon offers the page as `window.vitrine`. Nothing here ever throws. */
export interface Vitrine {
  /** The visitor's own id; empty while his decision on consent is awaited. */
  readonly anonymousId: string;
  /** Tracks an event, e.g. `track('product_viewed', { product_id: 'p1' })`, and returns its id. */
  track(type: string, properties?: Record<string, unknown>): string | undefined;
  /**
   * Says who the visitor is from now on; numbers become text, and what identifies nobody (`undefined`, `"null"`, zeros) is refused with a
   * warning. `proof` is the token of the shop's server that vouches for it. Another user than before is another visitor: the device's id
   * is new then, so that two people's profiles never mix.
   */
  identify(userId: string | number, traits?: Record<string, unknown>, proof?: string): void;
  /** Says that the page is another one now, with a name of it, as Segment's libraries do. */
  page(name?: string, properties?: Record<string, unknown>): string | undefined;
  /** Says which group, e.g. a company, the visitor belongs to. */
  group(groupId: string | number, traits?: Record<string, unknown>): string | undefined;
  /** Says that `userId` is the user who was known as `previousId`; default: who was identified last. The device stays his. */
  alias(userId: string | number, previousId?: string, proof?: string): void;
  /** Runs once everything here works, at once or later. */
  ready(run: (vitrine: Vitrine) => unknown): void;
  /** Says what the visitor agrees to, e.g. `{ analytics: true, marketing: false }`; every event from now on bears it. */
  consent(choices: Record<string, boolean>): string | undefined;
  /** Forgets the visitor, as at a logout: what comes next is somebody else's. */
  reset(): void;
  /** Fills the page's slots again. */
  refresh(): void;
  /** Runs a call as `['track', 'product_viewed', { … }]`: what a page pushed before the beacon had loaded. */
  push(call: Call): void;
}

export type Call = [
  method: 'track' | 'identify' | 'page' | 'group' | 'alias' | 'ready' | 'consent' | 'reset' | 'refresh',
  ...args: never[],
];

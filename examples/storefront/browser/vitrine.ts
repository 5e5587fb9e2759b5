/** What the page says about Vitrine. */
export interface VitrineAccess {
  readonly url: string;
  readonly key: string;
}

/** The beacon's API as far as the shop calls it. */
interface Beacon {
  readonly anonymousId: string;
  refresh(): void;
}

declare global {
  interface Window {
    /** Put there by the beacon, once it has loaded. */
    vitrine?: Beacon;
  }
  interface DocumentEventMap {
    /** The server has taken a batch of events. */
    'vitrine:accepted': CustomEvent<{ readonly accepted: number }>;
    /** A slot was filled, or came back empty. */
    'vitrine:slot': CustomEvent<SlotResult>;
  }
}

/** How a slot was served. */
export interface SlotResult {
  readonly slot: string;
  readonly tier: string | null;
  readonly reason: string | null;
  readonly ms: number;
}

/** Where Vitrine answers, as the page's body says. */
export function vitrineAccess(): VitrineAccess {
  const { vitrineUrl = '', vitrineKey = '' } = document.body.dataset;
  return { url: vitrineUrl, key: vitrineKey };
}

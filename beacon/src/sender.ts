import type { BeaconEvent, EventQueue } from './event-queue.ts';
import { on } from './guard.ts';
import { post, stringify } from './wire.ts';

/** Events of one request, and the bytes they may have: browsers hold back bodies of more than 64 KB while a page closes. */
const MAX_EVENTS = 100;
const MAX_BYTES = 65_536 * 0.8;
/** How long events other than critical ones wait for company. */
const DELAY_MS = 1_000;
/** So many waiting events go at once. */
const FULL = 10;
/** A failed request is tried again after a second and a random part of 2 s, 4 s … 5 min. */
const BACKOFF_MS = 1_000;
const BACKOFF_CAP_MS = 300_000;
/** So often an event must fail alone after others went through, before it is given up. */
const STRIKES = 3;

/** What `Retry-After` says, as seconds or a date (RFC 9110, section 10.2.3), at most five minutes; nothing for what is neither. */
function waitMs(after: string): number {
  const wait = Number(after) * 1_000 || Date.parse(after) - Date.now();
  return wait > 0 ? Math.min(BACKOFF_CAP_MS, wait) : 0;
}

/** What the server answered to events: what `POST /v/events` says, or a problem document. */
export interface Answer {
  /** 0 where there was none. */
  readonly status: number;
  /** The events of the request. */
  readonly events: readonly BeaconEvent[];
  /** Of a 202: how many were taken, why others were not, and what was left out of some. */
  readonly accepted?: number;
  readonly rejected?: readonly { readonly index: number; readonly code: string; readonly message: string }[];
  readonly warnings?: readonly { readonly index: number; readonly message: string }[];
  readonly visitorToken?: string;
  /** Of a problem: what was wrong, and what would be right. */
  readonly detail?: string;
}

export interface Sender {
  /** An event was queued; `now` sends it at once. */
  notify(now: boolean): void;
  /** The page goes: hands what waits to the browser. It stays queued until a 202, which the next page may get. */
  leave(): void;
}

/**
 * Sends what `queue` holds to `url`, one request at a time. What fails twice goes on event by event: one that fails alone lets the others pass,
 * and is given up when the server cannot read it, or fails by it again and again while it takes others.
 *
 * @param said members of each request beside its events, e.g. who the page is now.
 * @param answered hears each answer, also that there was none.
 * @param dropped hears of an event that was given up.
 */
export function startSender(
  url: string,
  queue: EventQueue,
  said: () => object,
  answered: (answer: Answer) => void,
  dropped: (event: BeaconEvent) => void,
): Sender {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending = false;
  let again = false;
  let failures = 0;
  let waiting = 0;
  let notBefore = 0;
  /** Events of the next request, and how many at the head of the queue are passed over. */
  let size = MAX_EVENTS;
  let skip = 0;
  let lost = 0;
  /** Whether a request was taken since events go one by one, and how often an event failed alone after that. */
  let passed = false;
  const strikes: Record<string, number> = {};

  const next = () => queue.peek(size, MAX_BYTES, skip);
  const schedule = (delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(flush, delayMs);
  };

  async function flush(): Promise<void> {
    if (sending) {
      again = true;
      return;
    }
    const early = notBefore - Date.now();
    if (early > 0) return schedule(early);
    waiting = 0;
    const events = next();
    const [first] = events;
    if (!first) {
      size = MAX_EVENTS;
      if (skip > 0) {
        // Those passed over are tried again, one by one.
        skip = 0;
        size = 1;
        schedule(BACKOFF_MS);
      }
      return;
    }
    sending = true;
    again = false;
    let status = 0;
    let after = '';
    let answer: Partial<Answer> = {};
    try {
      const response = await post(
        url,
        stringify({ sentAt: new Date().toISOString(), ...said(), dropped: lost || undefined, events }),
      );
      status = response.status;
      after = response.headers.get('retry-after') ?? '';
      answer = await response.json();
    } catch {}
    answered({ ...answer, status, events });
    sending = false;
    if (status && status < 300) {
      for (const { id } of events) queue.remove(id);
      passed = true;
      failures = 0;
      lost = 0;
      if (again || next().length > 0 || skip > 0) schedule(0);
      return;
    }
    failures += 1;
    // The server cannot read it, and never will: no fault of the network, the key or the hour.
    const unreadable = [400, 413, 415, 422].includes(status);
    if (size > 1 && (unreadable || failures > 1)) {
      size = 1;
      passed = false;
    }
    if (!events[1]) {
      if (passed && size < 2 && ![0, 429, 503].includes(status)) {
        strikes[first.id] = (strikes[first.id] ?? 0) + 1;
        // It is the event: others need not wait as long for it.
        failures = 0;
      }
      if (unreadable || strikes[first.id] === STRIKES) {
        queue.remove(first.id);
        lost += 1;
        dropped(first);
      } else skip += 1;
    }
    const backoffMs = unreadable ? 0 : Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** failures);
    notBefore = Date.now() + BACKOFF_MS + Math.random() * backoffMs + waitMs(after);
    schedule(0);
  }

  on(window, 'online', () => {
    notBefore = Math.min(notBefore, Date.now() + BACKOFF_MS);
    schedule(0);
  });

  return {
    notify(now) {
      if (failures) return;
      waiting += 1;
      if (now || waiting >= FULL) schedule(0);
      else if (waiting < 2) schedule(DELAY_MS);
    },
    leave() {
      // Beside a request under way: what that holds may come twice, and counts once.
      sending = false;
      void flush();
    },
  };
}

import type { EventQueue } from './event-queue.ts';

/** Events of one request, and the bytes they may have: browsers hold back bodies of more than 64 KB while a page closes. */
const MAX_EVENTS = 100;
const MAX_BYTES = 65_536 * 0.8;
/** How long events other than critical ones wait for company. */
const DELAY_MS = 1_000;
/** So many waiting events go at once. */
const FULL = 10;
/** A failed request is tried again after a random part of 1 s, 2 s, 4 s … 5 min. */
const BACKOFF_MS = 1_000;
const BACKOFF_CAP_MS = 300_000;

/** What `Retry-After` says, as seconds or a date (RFC 9110, section 10.2.3), at most five minutes; nothing for what is neither. */
function waitMs(after: string): number {
  const ms = Number(after) * 1_000;
  const wait = Number.isNaN(ms) ? Date.parse(after) - Date.now() : ms;
  return Math.max(0, Math.min(BACKOFF_CAP_MS, wait || 0));
}

export interface Sender {
  /** An event was queued; `now` sends it at once. */
  notify(now: boolean): void;
  /** The page goes: hands what waits to the browser. It stays queued until a 202, which the next page may get. */
  leave(): void;
}

/** Sends what `queue` holds to `url`, one request at a time. `accepted` hears how many events the server took. */
export function startSender(url: string, queue: EventQueue, accepted: (count: number) => void): Sender {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let sending = false;
  let again = false;
  let failures = 0;
  let waiting = 0;

  const body = (events: unknown[]) => JSON.stringify({ sentAt: new Date().toISOString(), events });
  const schedule = (delayMs: number): void => {
    clearTimeout(timer);
    timer = setTimeout(flush, delayMs);
  };

  async function flush(): Promise<void> {
    if (sending) {
      again = true;
      return;
    }
    const events = queue.peek(MAX_EVENTS, MAX_BYTES);
    waiting = 0;
    if (events.length === 0) return;
    sending = true;
    again = false;
    let retryMs: number | undefined;
    try {
      const response = await fetch(url, {
        method: 'POST',
        body: body(events),
        keepalive: true,
        credentials: 'include',
      });
      const { status } = response;
      if (status === 429 || status >= 500) {
        retryMs = backoffMs() + waitMs(response.headers.get('retry-after') ?? '');
      } else {
        queue.remove(events.map(({ id }) => id));
        failures = 0;
        if (status === 202) accepted((await response.json()).accepted);
        if (again || queue.peek(1, 1).length > 0) retryMs = 0;
      }
    } catch {
      retryMs = backoffMs();
    }
    sending = false;
    if (retryMs !== undefined) schedule(retryMs);
  }

  function backoffMs(): number {
    failures += 1;
    return Math.random() * Math.min(BACKOFF_CAP_MS, BACKOFF_MS * 2 ** failures);
  }

  return {
    notify(now) {
      waiting += 1;
      if (failures > 0) return;
      if (now || waiting >= FULL) schedule(0);
      else if (waiting === 1) schedule(DELAY_MS);
    },
    leave() {
      if (sending && !again) return;
      const events = queue.peek(MAX_EVENTS, MAX_BYTES);
      if (events.length === 0) return;
      if (!navigator.sendBeacon?.(url, body(events))) void flush();
    },
  };
}

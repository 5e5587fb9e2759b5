import type { EnrichedEvent } from '../../core/events/message.ts';
import { type InteractionKind, interactionsOf } from '../../core/profile/interactions.ts';
import { SESSION_GAP_MS } from '../../core/profile/limits.ts';
import { detectFormat } from '../replay/log-format.ts';
import { readLines } from '../replay/read-lines.ts';

/** One product that a visitor had to do with. */
export interface Touch {
  readonly item: string;
  readonly kind: InteractionKind;
  readonly category: string | undefined;
  /** ms since 1970, by the log. */
  readonly time: number;
}

/** One session of a visitor, with what he had done in the log before it. */
export interface Visit {
  readonly visitor: string;
  readonly touches: readonly Touch[];
  /** His touches of earlier sessions, oldest first. */
  readonly earlier: readonly Touch[];
}

/** The sessions of a click log as `npm run replay` reads it, in the order of their ends. Lines that are no event are left out. */
export async function readVisits(file: string, mapping?: string): Promise<Visit[]> {
  const read = (await detectFormat(file, mapping)).newReader();
  const byVisitor = new Map<string, Touch[]>();
  for await (const { text, number } of readLines(file)) {
    const line = text === undefined ? undefined : read(text, number);
    if (line?.kind !== 'event') continue;
    const { anonymousId, occurredAt } = line.event;
    const touches = interactionsOf(line.event as unknown as EnrichedEvent).map(({ item, kind, category }) => ({
      item,
      kind,
      category,
      time: Date.parse(occurredAt),
    }));
    const known = byVisitor.get(anonymousId);
    if (known) known.push(...touches);
    else byVisitor.set(anonymousId, touches);
  }
  const visits = [...byVisitor].flatMap(([visitor, touches]) => visitsOf(visitor, touches));
  return visits.sort((a, b) => endOf(a) - endOf(b));
}

function visitsOf(visitor: string, unsorted: readonly Touch[]): Visit[] {
  const touches = unsorted.toSorted((a, b) => a.time - b.time);
  const visits: Visit[] = [];
  let from = 0;
  for (let at = 1; at <= touches.length; at += 1) {
    const [before, next] = [touches[at - 1], touches[at]];
    if (before && next && next.time - before.time <= SESSION_GAP_MS) continue;
    visits.push({ visitor, touches: touches.slice(from, at), earlier: touches.slice(0, from) });
    from = at;
  }
  return visits;
}

function endOf({ touches }: Visit): number {
  return touches.at(-1)?.time ?? 0;
}

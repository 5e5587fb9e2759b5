import { isDeepStrictEqual } from 'node:util';
import { failedSchema, retriedSchema } from '../../workers/api/failed-events/operation.ts';
import { type Access, call } from '../lake/lake-api.ts';
import type { Patch } from './patch.ts';

export interface RetryOptions extends Access {
  readonly filter: Readonly<Record<'reason' | 'path' | 'type' | 'schema' | 'since' | 'until', string | undefined>>;
  readonly patch: Patch | undefined;
  readonly dryRun: boolean;
  readonly history: boolean;
  /** Hears of each page. */
  readonly tell: (summary: RetrySummary) => void;
}

/** What became of failed events, or would. */
export interface RetrySummary {
  seen: number;
  accepted: number;
  history: number;
  /** Those that the patch changed, left out, or could not be applied to. */
  changed: number;
  leftOut: number;
  unpatched: number;
  /** Still refused, by code. */
  refused: Record<string, number>;
  /** A few of those, in words. */
  examples: string[];
}

const PER_PAGE = 200;
const MAX_EXAMPLES = 5;

/** Sends all failed events that a filter means in again, page by page. Broken off, it may be run again: what was taken is not there any more. */
export async function retryFailed(options: RetryOptions): Promise<RetrySummary> {
  const summary: RetrySummary = {
    seen: 0,
    accepted: 0,
    history: 0,
    changed: 0,
    leftOut: 0,
    unpatched: 0,
    refused: {},
    examples: [],
  };
  const example = (text: string) => {
    if (summary.examples.length < MAX_EXAMPLES) summary.examples.push(text);
  };
  const given = Object.entries(options.filter).filter((entry): entry is [string, string] => entry[1] !== undefined);
  let cursor: string | null = '';
  while (cursor !== null) {
    const query = new URLSearchParams([
      ...given,
      ['limit', String(PER_PAGE)],
      ...(cursor ? [['cursor', cursor]] : []),
      // A patch needs the event as it came.
      ...(options.patch ? [['personal', '1']] : []),
    ] as string[][]);
    const page = failedSchema.parse(await (await call(options, `/api/failed-events?${query}`)).json());
    const retries: { key: string; event?: unknown }[] = [];
    for (const { key, event, id } of page.events) {
      summary.seen += 1;
      if (!options.patch) {
        retries.push({ key });
        continue;
      }
      try {
        const patched = await options.patch(event);
        if (patched === undefined) summary.leftOut += 1;
        else {
          if (!isDeepStrictEqual(patched, event)) summary.changed += 1;
          retries.push({ key, event: patched });
        }
      } catch (error) {
        summary.unpatched += 1;
        example(`${id ?? key}: the patch: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    if (retries.length > 0) {
      const { dryRun, history } = options;
      const response = await call(options, '/api/failed-events/retry', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ dryRun, history, events: retries }),
      });
      for (const { key, outcome, code, message } of retriedSchema.parse(await response.json()).events) {
        if (outcome === 'accepted' || outcome === 'history') summary[outcome] += 1;
        else {
          const why = code ?? outcome;
          summary.refused[why] = (summary.refused[why] ?? 0) + 1;
          example(`${key}: ${why}${message ? `: ${message}` : ''}`);
        }
      }
    }
    options.tell(summary);
    cursor = page.next;
  }
  return summary;
}

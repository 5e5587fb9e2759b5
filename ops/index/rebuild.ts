import { setTimeout as sleep } from 'node:timers/promises';
import type { z } from 'zod';
import { indexSchema } from '../../workers/api/model/index-operation.ts';
import { type Access, call } from '../lake/lake-api.ts';

/** How long to wait before a build that waits itself is asked again. */
const ASK_EACH_MS = 2_000;

/** A site's session index, as the API describes it. */
export type Index = z.infer<typeof indexSchema>;

/**
 * Builds a site's index again from its lake, and waits until it serves or is refused.
 *
 * @param tell hears of each step.
 */
export async function rebuildIndex(
  access: Access,
  request: { readonly shards?: number | undefined; readonly accept?: 'counts' | undefined },
  tell: (line: string) => void,
): Promise<Index> {
  await call(access, '/api/model/index/rebuild', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
  let told = '';
  for (;;) {
    const response = await call(access, '/api/model/index/rebuild/resume', { method: 'POST' });
    const index = indexSchema.parse(await response.json());
    if (response.status === 200) return index;
    const line = describeBuild(index);
    if (line !== told) tell(line);
    told = line;
    await sleep(ASK_EACH_MS);
  }
}

/** What a build is doing, in words. */
export function describeBuild({ build }: Index): string {
  if (!build) return 'nothing is being built';
  const { stage, shards, readTo, hoursLeft, sessions } = build;
  if (stage === 'settle') return `building ${shards} shards: waiting a minute, until every change reaches them too`;
  if (stage === 'compact') return `building ${shards} shards: the lake takes in what has arrived`;
  return `building ${shards} shards: ${sessions} sessions${readTo ? ` to ${readTo}` : ''}, ${hoursLeft} hours of the lake left`;
}

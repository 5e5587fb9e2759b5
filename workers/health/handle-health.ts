import type { z } from 'zod';
import { readDependencies } from '../../stores/health/read-dependencies.ts';
import { answer } from '../http/answer.ts';
import { aliveSchema, readySchema } from './operation.ts';

const HEADERS = { 'content-type': 'application/health+json', 'cache-control': 'no-store' };

/** `GET /healthz`: whether the Worker answers. */
export async function handleHealth(): Promise<Response> {
  return answer(aliveSchema, { status: 'pass' }, { headers: HEADERS });
}

/** `GET /readyz`: whether what it leans on answers, and how fast. */
export async function handleReady(env: Env): Promise<Response> {
  const checks: z.input<typeof readySchema>['checks'] = {};
  for (const { name, milliseconds, fault } of await readDependencies(env)) {
    checks[name] = { status: fault ? 'fail' : 'pass', milliseconds, ...(fault && { output: fault }) };
  }
  const status = Object.values(checks).every((check) => check.status === 'pass') ? 'pass' : 'fail';
  return answer(readySchema, { status, checks }, { status: status === 'pass' ? 200 : 503, headers: HEADERS });
}

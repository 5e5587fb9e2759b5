import type { Fault } from '../../../core/merchandising/fault.ts';

export type { Fault } from '../../../core/merchandising/fault.ts';

/** What the API refuses, in its words. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly faults: readonly Fault[];

  constructor(status: number, code: string, message: string, faults: readonly Fault[]) {
    super(message);
    this.status = status;
    this.code = code;
    this.faults = faults;
  }
}

/** Told when a session is over. */
let signedOut = () => {};

export function onSignedOut(act: () => void): void {
  signedOut = act;
}

/**
 * Calls the Worker as the console does: with its session, and the header that no other page can send.
 *
 * @throws ApiError in words that may be shown.
 */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await request(method, path, body);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** As `call`, for answers of many lines: each is told as it comes, the last one is returned. */
export async function callLines<T>(method: string, path: string, tell: (line: unknown) => void): Promise<T> {
  const response = await request(method, path);
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let last: unknown;
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    const lines = (rest + (value ?? (done ? '\n' : ''))).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines.filter((one) => one.trim() !== '')) {
      last = JSON.parse(line);
      tell(last);
    }
    if (done) return last as T;
  }
}

async function request(method: string, path: string, body?: unknown): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { 'x-vitrine-console': '1', ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
  } catch {
    throw new ApiError(0, 'no_network', 'Vitrine does not answer. Is this browser online?', []);
  }
  if (response.ok) return response;
  const problem = (await response.json().catch(() => ({}))) as {
    code?: string;
    detail?: string;
    title?: string;
    faults?: Fault[];
  };
  if (response.status === 401 && path !== '/console/session') signedOut();
  const words = problem.detail ?? problem.title ?? `Vitrine answered ${response.status}.`;
  throw new ApiError(response.status, problem.code ?? 'error', words, problem.faults ?? []);
}

/** An error in words. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

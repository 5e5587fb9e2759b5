import { log } from '../../stores/log.ts';
import { HttpError } from './error.ts';

/**
 * The one boundary that turns a thrown error into `application/problem+json` (RFC 9457).
 * Unknown errors are logged whole and answered as a bare 500.
 */
export function problemFrom(error: unknown, requestId: string): Response {
  const known =
    error instanceof HttpError
      ? error
      : new HttpError(500, 'Something went wrong on our side. The request was not taken.', {
          code: 'internal',
          cause: error,
        });
  if (known.status >= 500) {
    log('error', { requestId, code: known.code, message: known.message, cause: describe(known.cause) });
  }
  return new Response(
    JSON.stringify({
      type: 'about:blank',
      title: known.code,
      status: known.status,
      detail: known.message,
      code: known.code,
      requestId,
      ...known.details,
    }),
    { status: known.status, headers: { ...known.headers, 'content-type': 'application/problem+json' } },
  );
}

function describe(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}

/** An error with a message that may be shown to the caller. Everything else becomes a 500 without detail. */
export class HttpError extends Error {
  readonly status: number;
  /** Stable machine-readable reason, e.g. `unknown_key`. */
  readonly code: string;
  /** Headers the answer must carry, e.g. `Retry-After`. */
  readonly headers: Record<string, string>;
  /** Extra members of the problem document. */
  readonly details: Record<string, unknown>;

  constructor(
    status: number,
    publicMessage: string,
    options: { code: string; cause?: unknown; headers?: Record<string, string>; details?: Record<string, unknown> },
  ) {
    super(publicMessage, { cause: options.cause });
    this.name = 'HttpError';
    this.status = status;
    this.code = options.code;
    this.headers = options.headers ?? {};
    this.details = options.details ?? {};
  }
}

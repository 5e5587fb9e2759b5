import { HttpError } from '../http/error.ts';

/** Errors by the codes of Confluent's registry (docs.confluent.io, "Schema Registry API Reference"), which its clients ask for. */
const ERRORS = {
  40401: { status: 404, code: 'subject_not_found' },
  40402: { status: 404, code: 'version_not_found' },
  40403: { status: 404, code: 'schema_not_found' },
  40405: { status: 404, code: 'subject_not_deleted' },
  40407: { status: 404, code: 'version_not_deleted' },
  40408: { status: 404, code: 'compatibility_not_set' },
  40409: { status: 404, code: 'mode_not_set' },
  409: { status: 409, code: 'incompatible_schema' },
  42201: { status: 422, code: 'invalid_schema' },
  42202: { status: 422, code: 'invalid_version' },
  42203: { status: 422, code: 'invalid_compatibility' },
  42204: { status: 422, code: 'invalid_mode' },
  42205: { status: 422, code: 'read_only' },
  42206: { status: 422, code: 'referred_to' },
  50002: { status: 503, code: 'changed_meanwhile' },
} as const;

/** An error that a client of Confluent's registry understands: beside the members of a problem document `error_code` and `message`. */
export function registryError(
  errorCode: keyof typeof ERRORS,
  message: string,
  details: Record<string, unknown> = {},
): HttpError {
  const { status, code } = ERRORS[errorCode];
  return new HttpError(status, message, { code, details: { ...details, error_code: errorCode, message } });
}

/** Any other error with the members that such a client reads. */
export function asRegistryError(error: unknown): unknown {
  if (!(error instanceof HttpError) || 'error_code' in error.details) return error;
  const { status, message, code, headers, cause, details } = error;
  return new HttpError(status, message, { code, headers, cause, details: { ...details, error_code: status, message } });
}

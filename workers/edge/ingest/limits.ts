/** Bytes of a request's body, inflated. */
export const MAX_BODY_BYTES = 512 * 1024;
/** Events of a request. */
export const MAX_EVENTS = 500;
/** What a client waits at least after the queue refused, in seconds. */
export const RETRY_AFTER_SECONDS = 5;
/** Warnings of an answer. */
export const MAX_WARNINGS = 100;
/**
 * To be given as the bytes of a body whose events are not what stands in it, because headers, another format or a shared part make them: each
 * event is measured by itself then.
 */
export const MEASURED_BYTES = MAX_BODY_BYTES;

import type { IRequest } from 'itty-router';
import { noteServing } from '../../stores/breathe.ts';
import { HttpError } from '../http/error.ts';
import { problemFrom } from '../http/problem.ts';
import { logRequest, noteRequest } from '../http/request-log.ts';
import { withCors } from '../http/with-cors.ts';

/** Addresses of the private API: what it answers is kept nowhere. */
const PRIVATE = /^[^/]*\/\/[^/]*\/api\//;

/** The one boundary of every request: answers what `handle` throws as a problem document, and logs one line. */
export async function answerRequest(request: Request, env: Env, handle: () => Promise<Response>): Promise<Response> {
  const startedAt = Date.now();
  noteServing();
  const requestId = request.headers.get('cf-ray') ?? crypto.randomUUID();
  let response: Response;
  try {
    response = await handle();
  } catch (error) {
    if (error instanceof HttpError) noteRequest(request, { code: error.code });
    response = await withCors(request, env, problemFrom(error, requestId));
  }
  response.headers.set('x-content-type-options', 'nosniff');
  if (PRIVATE.test(request.url)) response.headers.set('cache-control', 'no-store');
  logRequest(request, routeOf(request), response.status, startedAt, requestId);
  return response;
}

/** The pattern that the router matched; addresses themselves may hold the ids of people. */
function routeOf(request: Request & Partial<Pick<IRequest, 'route'>>): string {
  const { route } = request;
  return `${request.method} ${route === undefined || route === '*' ? 'unknown' : route}`;
}

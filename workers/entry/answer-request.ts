import type { IRequest } from 'itty-router';
import type { RequestKind } from '../../core/pulse/tally-operation.ts';
import { noteServing } from '../../stores/breathe.ts';
import { noteAnswered } from '../../stores/pulse/gather-pulse.ts';
import { siteOfRequest } from '../http/authorize.ts';
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
  const route = routeOf(request);
  logRequest(request, route, response.status, startedAt, requestId);
  const site = siteOfRequest(request);
  if (site) noteAnswered(env, site.id, requestKindOf(route), response.status);
  return response;
}

/** What a request was for, by the pattern that the router matched. */
function requestKindOf(route: string): RequestKind {
  if (/^POST \/(?:v1|v\/(?:events|import))\b/.test(route) || route.endsWith(' /v/pixel.gif')) return 'accept';
  return / \/v\//.test(route) ? 'read' : 'api';
}

/** The pattern that the router matched; addresses themselves may hold the ids of people. */
function routeOf(request: Request & Partial<Pick<IRequest, 'route'>>): string {
  const { route } = request;
  return `${request.method} ${route === undefined || route === '*' ? 'unknown' : route}`;
}

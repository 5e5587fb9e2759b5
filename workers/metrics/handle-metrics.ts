import { EXPOSITION_TYPE } from '../../core/metrics/exposition.ts';
import { siteMetrics } from '../../jobs/watch/site-metrics.ts';
import { authorizePrivate } from '../http/authorize.ts';

/** `GET /metrics`: what there is to measure of the key's site, for Prometheus. */
export async function handleMetrics(request: Request, env: Env): Promise<Response> {
  const { id } = await authorizePrivate(request, new URL(request.url), env, 'metrics');
  const page = await siteMetrics(env, id);
  return new Response(page.text(), { headers: { 'content-type': EXPOSITION_TYPE, 'cache-control': 'no-store' } });
}

import { env } from 'cloudflare:workers';

/** Where readers look for the bucket of the lake. */
const BUCKET = 'https://vitrine-lake.s3.amazonaws.com/';

/** Answers as S3 does, from the bucket of the lake: what a reader fetches who knows nothing of the Worker. */
export async function answerAsS3(input: string | URL, init: RequestInit = {}): Promise<Response> {
  const object = await env.LAKE.get(decodeURIComponent(`${input}`).slice(BUCKET.length));
  if (!object) return new Response('', { status: 404 });
  const bytes = await object.arrayBuffer();
  const range = new Headers(init.headers).get('range')?.match(/bytes=(\d+)-(\d*)/);
  if (!range) return new Response(bytes);
  return new Response(bytes.slice(Number(range[1]), range[2] ? Number(range[2]) + 1 : undefined), { status: 206 });
}

import { DurableObject } from 'cloudflare:workers';

/** A Durable Object that does nothing: its round trip is what any read through an object costs at least. */
export class UserProfile extends DurableObject<Env> {
  ping(): { ok: true } {
    return { ok: true };
  }
}

/** Bound by the configuration, not used. */
export class SessionIndex extends DurableObject<Env> {}
export class Catalog extends DurableObject<Env> {}
export class ExperimentTally extends DurableObject<Env> {}
export class SitePulse extends DurableObject<Env> {}

interface BareObject extends Rpc.DurableObjectBranded {
  ping(): { ok: true };
}

/**
 * What the bench measures against: a route that parses the same JSON and sends it to a queue (`POST /v/events`), one that
 * makes one round trip to a Durable Object (`GET /object?name=`), and two that hand on a page of `ORIGIN`, as it is (`/pass/…`) or through a parser
 * that changes nothing (`/parse/…`). No checks, no logs.
 */
export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    const url = new URL(request.url);
    if (url.pathname === '/v/events') {
      const body = (await request.json()) as { events: unknown[] };
      await env.EVENTS.send(body, { contentType: 'json' });
      return Response.json({ accepted: body.events.length, rejected: [] }, { status: 202 });
    }
    if (url.pathname === '/object') {
      const objects = env.USER_PROFILE as unknown as DurableObjectNamespace<BareObject>;
      const object = objects.get(objects.idFromName(url.searchParams.get('name') ?? ''));
      return Response.json(await object.ping());
    }
    const handed = /^\/(pass|parse)(\/.*)$/.exec(url.pathname);
    if (handed) {
      const { ORIGIN } = env as Env & { readonly ORIGIN: string };
      const page = await fetch(ORIGIN + handed[2], { headers: request.headers });
      return handed[1] === 'pass' ? page : new HTMLRewriter().on('vitrine-slot', { element() {} }).transform(page);
    }
    return new Response('not found', { status: 404 });
  },
};

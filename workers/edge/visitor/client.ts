import Bowser from 'bowser';
import { isbot } from 'isbot';
import type { Client } from '../../../core/events/message.ts';
import { DAY_MS } from '../../../core/time.ts';
import { ExpiringCache } from '../../../stores/cache/expiring-cache.ts';

type Agent = Pick<Client, 'device' | 'browser' | 'os' | 'bot'>;

/** Parsing a user agent costs more than everything else in a request; browsers of a shop repeat a few hundred of them. */
const agents = new ExpiringCache<Agent>(1_000, { ttlMs: DAY_MS });

/** What is known of a visitor's client when a server speaks for him: of his place and device it says nothing. */
const UNKNOWN: Client = { device: 'unknown', bot: false };
/** HTTP libraries as servers use them; a crawler says that it is one, or that it is a browser. */
const CRAWLER = /mozilla|bot|crawl|spider|slurp|scrap|preview|monitor|archive/i;

/**
 * What the request itself tells about its client. The address is never kept. A request with the secret key, or of an HTTP library without a
 * page, is a server's on a visitor's behalf: it says nothing of his device.
 */
export function clientOf(request: Request, fromServer: boolean): Client {
  const userAgent = request.headers.get('user-agent') ?? '';
  if (
    fromServer ||
    (!request.headers.has('origin') && userAgent !== '' && isbot(userAgent) && !CRAWLER.test(userAgent))
  )
    return UNKNOWN;
  const { country, region, city, timezone } = request.cf ?? {};
  return {
    ...agentOf(userAgent),
    ...(typeof country === 'string' && { country }),
    ...(typeof region === 'string' && { region }),
    ...(typeof city === 'string' && { city }),
    ...(typeof timezone === 'string' && { timezone }),
  };
}

function agentOf(userAgent: string): Agent {
  const text = userAgent.slice(0, 512);
  const now = Date.now();
  const known = agents.get(text, now);
  if (known) return known;
  const agent = parseAgent(text);
  agents.set(text, agent, now);
  return agent;
}

function parseAgent(text: string): Agent {
  if (text === '') return { device: 'unknown', bot: false };
  if (isbot(text)) return { device: 'bot', bot: true };
  const { browser, os, platform } = Bowser.parse(text);
  return {
    device: deviceClass(platform.type),
    ...(browser.name && { browser: browser.name }),
    ...(os.name && { os: os.name }),
    bot: false,
  };
}

function deviceClass(type: string | undefined): Client['device'] {
  return type === 'desktop' || type === 'mobile' || type === 'tablet' || type === 'tv' ? type : 'unknown';
}

import ipaddr from 'ipaddr.js';
import type { SiteSettings } from '../../../core/sites/settings.ts';
import { log } from '../../../stores/log.ts';
import { readCookies } from '../../http/read-cookies.ts';
import { clientOf } from './client.ts';

/** Whether experiments count who asks: no bot, and nobody of the shop's own staff, by their cookie or address. */
export function isCounted(request: Request, { staff }: SiteSettings, fromServer: boolean): boolean {
  if (clientOf(request, fromServer).bot) return false;
  if (fromServer) return true;
  if (request.headers.has('cookie') && readCookies(request).has(staff.cookie)) return false;
  const address = request.headers.get('cf-connecting-ip');
  return staff.addresses.length === 0 || address === null || !staff.addresses.some((range) => isIn(address, range));
}

function isIn(address: string, range: string): boolean {
  try {
    const [own, network] = [ipaddr.process(address), ipaddr.parseCIDR(range.includes('/') ? range : withLength(range))];
    return own.kind() === network[0].kind() && own.match(network);
  } catch (error) {
    log('staff_address_unread', { error: String(error) });
    return false;
  }
}

function withLength(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

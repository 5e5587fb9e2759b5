import ipaddr from 'ipaddr.js';

/** Names that lead into a network of one's own (RFC 6761, RFC 6762, RFC 8375, and what clouds use). */
const PRIVATE_SUFFIXES = [
  'localhost',
  'local',
  'internal',
  'intranet',
  'lan',
  'home.arpa',
  'corp',
  'private',
  'test',
  'invalid',
];

/**
 * Why a webhook may not be sent to an address, or nothing when it may. Understands every spelling that URLs do: the parser of the
 * platform turns decimal, octal, hexadecimal and shortened IPv4 addresses into the usual one, and lowers and decodes names.
 */
export function targetFault(text: string): string | undefined {
  const url = URL.parse(text);
  if (!url) return 'it is no URL';
  if (url.protocol !== 'https:') return 'it must begin with "https://"';
  if (url.username !== '' || url.password !== '') return 'it must not hold a user name or password';
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
  if (ipaddr.isValid(host)) return addressFault(host);
  if (!host.includes('.')) return `"${host}" is no public name`;
  const suffix = PRIVATE_SUFFIXES.find((name) => host === name || host.endsWith(`.${name}`));
  return suffix === undefined ? undefined : `names under "${suffix}" are private`;
}

function addressFault(host: string): string | undefined {
  // An IPv4 address inside an IPv6 one counts as what it is.
  const address = ipaddr.process(host);
  const range = address.range();
  return range === 'unicast' ? undefined : `${host} is ${range}, not a public address`;
}

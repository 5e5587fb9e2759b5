import ipaddr from 'ipaddr.js';

/**
 * Names that lead into a network of one's own, or into none that a Worker reaches (RFC 6761, 6762, 7686, 8375 and 9476, ICANN's list
 * of colliding names, and what clouds, clusters and routers use).
 */
const PRIVATE_SUFFIXES = [
  'localhost',
  'localdomain',
  'local',
  'internal',
  'intranet',
  'lan',
  'home',
  'home.arpa',
  'in-addr.arpa',
  'ip6.arpa',
  'corp',
  'mail',
  'private',
  'svc',
  'pod',
  'node',
  'consul',
  'onion',
  'i2p',
  'alt',
  'test',
  'invalid',
];

/**
 * Why an address that a shop names may not be called, or nothing when it may. Understands every spelling that URLs do: the parser of the
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
  if (range !== 'unicast') return `${host} is ${range}, not a public address`;
  if (address instanceof ipaddr.IPv6 && !isGlobal(address)) return `${host} is no public address`;
  return undefined;
}

/**
 * Whether an IPv6 address is one that the public net assigns: under 2000::/3 (RFC 4291), which none of the older forms of an IPv4
 * address inside IPv6 is, and not an IPv4 address behind a tunnel within a site (ISATAP, RFC 5214).
 */
function isGlobal({ parts }: ipaddr.IPv6): boolean {
  const [first = 0, , , , group = 0, marker = 0] = parts;
  const isTunnel = (group & 0xfcff) === 0 && marker === 0x5efe;
  return first >>> 13 === 1 && !isTunnel;
}

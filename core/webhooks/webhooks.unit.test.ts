import fc from 'fast-check';
import { describe, it } from 'vitest';
import { targetFault } from '../outbound/check-target.ts';

const REFUSED = [
  'http://shop.example/hook',
  'ftp://shop.example/',
  'shop.example',
  'https://user:secret@shop.example/',
  'https://localhost/',
  'https://LOCALHOST./',
  'https://api.localhost/',
  'https://printer.local/',
  'https://metadata.google.internal/',
  'https://router/',
  'https://api.default.svc/',
  'https://nas.home/',
  'https://shop.onion/',
  'https://1.0.0.127.in-addr.arpa/',
  'https://127.0.0.1/',
  'https://127.1/',
  'https://2130706433/',
  'https://0x7f000001/',
  'https://0177.0.0.1/',
  'https://0/',
  'https://10.1.2.3/',
  'https://172.16.0.1/',
  'https://192.168.1.1/',
  'https://169.254.169.254/latest/meta-data',
  'https://100.64.0.1/',
  'https://224.0.0.1/',
  'https://255.255.255.255/',
  'https://192.0.2.1/',
  'https://[::1]/',
  'https://[::]/',
  'https://[::ffff:127.0.0.1]/',
  'https://[::ffff:7f00:1]/',
  'https://[fe80::1]/',
  'https://[fc00::1]/',
  'https://[64:ff9b::7f00:1]/',
  'https://[2002:7f00:1::]/',
  'https://%31%32%37.0.0.1/',
  'https://127。0。0。1/',
  'https://①②⑦.0.0.1/',
];

const hex = (...bytes: number[]) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');

/** Every way in which an IPv4 address has been written inside an IPv6 one. */
const EMBEDDED: Record<string, (a: number, b: number, c: number, d: number) => string> = {
  'compatible, RFC 4291': (...bytes) => `::${bytes.join('.')}`,
  'mapped, RFC 4291': (...bytes) => `::ffff:${bytes.join('.')}`,
  'translated, RFC 2765': (...bytes) => `::ffff:0:${bytes.join('.')}`,
  'NAT64, RFC 6052': (...bytes) => `64:ff9b::${bytes.join('.')}`,
  'local NAT64, RFC 8215': (...bytes) => `64:ff9b:1::${bytes.join('.')}`,
  '6to4, RFC 3056': (a, b, c, d) => `2002:${hex(a, b)}:${hex(c, d)}::1`,
  'Teredo, RFC 4380': (a, b, c, d) => `2001:0:4136:e378:8000:63bf:${hex(a ^ 255, b ^ 255)}:${hex(c ^ 255, d ^ 255)}`,
  'ISATAP, RFC 5214': (...bytes) => `2606:4700::5efe:${bytes.join('.')}`,
  'ISATAP, global': (...bytes) => `2606:4700::200:5efe:${bytes.join('.')}`,
};

describe('the target of a webhook', () => {
  it('is no IPv4 address of one’s own inside an IPv6 one, in any form', ({ expect }) => {
    const byte = fc.integer({ min: 0, max: 255 });
    const privately: fc.Arbitrary<[number, number, number, number]> = fc.oneof(
      fc.tuple(fc.constantFrom(10, 127), byte, byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(EMBEDDED)), privately, (embed, bytes) => {
        const url = `https://[${embed(...bytes)}]/`;
        expect(targetFault(url), url).toBeTypeOf('string');
      }),
      { numRuns: 1_000 },
    );
  });

  it('is never private, however it is spelled', ({ expect }) => {
    for (const url of REFUSED) expect(targetFault(url), url).toBeTypeOf('string');
  });

  it('may be any public name or address', ({ expect }) => {
    for (const url of [
      'https://shop.example.com/hook?x=1',
      'https://8.8.8.8/',
      'https://hooks.home.example/',
      'https://onion.example.org/',
      'https://[2a00:1450:4001:82a::200e]/',
      'https://[2606:4700::1111]/',
      'https://xn--bcher-kva.example:8443/',
    ])
      expect(targetFault(url), url).toBeUndefined();
  });
});

import { describe, it } from 'vitest';
import { targetFault } from './check-target.ts';

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

describe('the target of a webhook', () => {
  it('is never private, however it is spelled', ({ expect }) => {
    for (const url of REFUSED) expect(targetFault(url), url).toBeTypeOf('string');
  });

  it('may be any public name or address', ({ expect }) => {
    for (const url of [
      'https://shop.example.com/hook?x=1',
      'https://8.8.8.8/',
      'https://[2606:4700::1111]/',
      'https://xn--bcher-kva.example:8443/',
    ])
      expect(targetFault(url), url).toBeUndefined();
  });
});

import { describe, it } from 'vitest';
import { readCookies } from './read-cookies.ts';

const read = (cookie: string) =>
  Object.fromEntries(readCookies(new Request('https://shop.example/', { headers: { cookie } })));

describe('the cookies of a request', () => {
  it.for([
    ['', {}],
    ['a=1; b=2', { a: '1', b: '2' }],
    ['a=1;b=x=y;c=', { a: '1', b: 'x=y', c: '' }],
    ['a=first; a=second', { a: 'first' }],
    ['=nameless; flag; a=%20', { a: '%20' }],
  ] as const)('%j', ([cookie, expected], { expect }) => {
    expect(read(cookie)).toEqual(expected);
  });
});

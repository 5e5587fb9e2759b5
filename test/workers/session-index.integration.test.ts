import { evictDurableObject, runInDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { it } from 'vitest';
import { shardStub } from '../../stores/objects/shards.ts';

const ITEMS = Array.from({ length: 10 }, (_, at) => `product-${at}`);

it('erasures at the same time all end, whatever else is folded meanwhile, and nothing of theirs stays stored', async ({
  expect,
}) => {
  const site = `index-${crypto.randomUUID()}`;
  const stub = shardStub(env, site, { generation: 1, shards: 1 }, 0);
  const people = Array.from({ length: 40 }, (_, n) => `p${String(n).padStart(2, '0')}.`);
  // So much that a fold is cut into several slices, between which others run.
  const sessions = people.flatMap((person) =>
    Array.from({ length: 200 }, (_, n) => ({ id: `${person}${n}`, version: 1, endedAt: 1_000 + n, items: ITEMS })),
  );
  for (let from = 0; from < sessions.length; from += 1_000)
    await stub.apply({ v: 1, sessions: sessions.slice(from, from + 1_000) });
  const gone = people.slice(0, 12);
  const erased = await Promise.all(gone.map((person) => stub.erase({ v: 1, prefixes: [person], until: 5_000 })));
  expect(erased).toEqual(gone.map(() => 200));
  const stored = async () => {
    const texts = await runInDurableObject(stub, (_, { storage }) =>
      [
        ...storage.sql.exec('SELECT content AS text FROM checkpoint'),
        ...storage.sql.exec('SELECT sessions AS text FROM changes'),
      ].map(({ text }) => String(text)),
    );
    return new Set(texts.flatMap((text) => [...text.matchAll(/"id":"(p\d\d\.)/g)].map(([, person]) => person)));
  };
  expect(await stored()).toEqual(new Set(people.slice(12)));
  await evictDurableObject(stub);
  expect(await stub.erase({ v: 1, prefixes: gone, until: 5_000 })).toBe(0);
  expect(await stub.erase({ v: 1, prefixes: [people[20] ?? ''], until: 5_000 })).toBe(200);
});

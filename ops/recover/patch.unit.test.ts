import { test } from 'vitest';
import { readPatch } from './patch.ts';

test('a patch changes an event, says where it is wrong, and ends', async ({ expect }) => {
  const event = { id: 'e', properties: { price: '19,99', tags: ['a'] } };
  const patch = readPatch(
    '$merge([$, {"properties": $merge([properties, {"price": $number($replace(properties.price, ",", "."))}])}])',
  );
  expect(await patch(event)).toEqual({ id: 'e', properties: { price: 19.99, tags: ['a'] } });
  expect(await readPatch('nothing.here')(event)).toBeUndefined();
  expect(() => readPatch('{"a": ')).toThrow(/no JSONata.*at \d+/);
  await expect(readPatch('($f := function($n) { $f($n + 1) }; $f(1))')(event)).rejects.toThrow(/steps/);
  await expect(readPatch('$number("x")')(event)).rejects.toThrow();
});

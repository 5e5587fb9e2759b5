import { appendFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'vitest';
import { openProgressLog } from './progress-log.ts';

const identity = { sha256: 'f00', url: 'http://localhost:8787', site: 'demo' };
const newFile = () => path.join(mkdtempSync(path.join(tmpdir(), 'progressLog-')), 'state.ndjson');

test('a stopped replay goes on with what was answered, a cut-off line counts as not answered', ({ expect }) => {
  const file = newFile();
  const first = openProgressLog(file, identity, () => 5_000);
  first.append({ lines: [1, 3], accepted: 2, rejected: {} });
  first.close();
  appendFileSync(file, '{"lines":[2],"acc');

  const second = openProgressLog(file, identity, () => 9_000);
  expect([1, 2, 3, 4].filter((line) => second.done.has(line))).toEqual([1, 3]);
  expect(second.entries).toEqual([{ lines: [1, 3], accepted: 2, rejected: {} }]);
  second.append({ lines: [2], accepted: 1, rejected: {} });
  second.close();
  const third = openProgressLog(file, identity, () => 9_000);
  expect(third.done.has(2)).toBe(true);
  third.close();
});

test('a completed replay begins anew with the same shift', ({ expect }) => {
  const file = newFile();
  const first = openProgressLog(file, identity, () => 5_000);
  first.append({ lines: [1], accepted: 1, rejected: {} });
  first.finish();
  first.close();
  const second = openProgressLog(file, identity, () => 9_000);
  expect(second.shiftMs).toBe(5_000);
  expect(second.done.has(1)).toBe(false);
  second.close();
});

test('a progressLog of another file, target or site is refused', ({ expect }) => {
  const file = newFile();
  openProgressLog(file, identity, () => 0).close();
  expect(() => openProgressLog(file, { ...identity, sha256: 'beef' }, () => 0)).toThrow('another replay');
});

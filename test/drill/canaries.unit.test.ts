import { readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { CANARIES } from './canaries.ts';

describe('a bug that the drill plants', () => {
  it.for(CANARIES.map((canary) => [canary.name, canary] as const))(
    '%s: has its one place in the code',
    ([, canary], { expect }) => {
      const text = readFileSync(new URL(`../../${canary.file}`, import.meta.url), 'utf8');
      expect(text.split(canary.replace)).toHaveLength(2);
    },
  );
});

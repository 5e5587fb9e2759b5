import { z } from 'zod';

/** A path in which each `*` stands for anything, e.g. `/checkout/*`. */
export const pathGlobSchema = z
  .string()
  .max(512)
  .regex(/^[/*][^?#]*$/, 'must be a path such as "/checkout/*"');

/** Whether one of the globs means a path. Walks text and glob side by side, so that no pattern takes long. */
export function matchesGlob(globs: readonly string[], path: string): boolean {
  return globs.some((glob) => matches(glob, path));
}

function matches(glob: string, path: string): boolean {
  let [at, place, star, resume] = [0, 0, -1, 0];
  while (place < path.length) {
    if (glob[at] === '*') {
      star = at;
      resume = place;
      at += 1;
    } else if (at < glob.length && glob[at] === path[place]) {
      at += 1;
      place += 1;
    } else if (star >= 0) {
      resume += 1;
      place = resume;
      at = star + 1;
    } else return false;
  }
  while (glob[at] === '*') at += 1;
  return at === glob.length;
}

/** A point, or the control points and end of a curve: `[x, y]`, `[cx, cy, x, y]` or `[c1x, c1y, c2x, c2y, x, y]`. */
export type Segment = readonly number[];

/** A closed outline that is the same on both sides of x = 0: the right half from top to bottom, then its mirror image upward. */
export function symmetric(start: readonly [number, number], segments: readonly Segment[]): string {
  const ends = [start, ...segments.map((segment) => segment.slice(-2))];
  const upward = segments
    .map((segment, index) => [...pairs(segment.slice(0, -2)).reverse(), ends[index] ?? start].flat())
    .reverse()
    .map((segment) => segment.map((value, index) => (index % 2 === 0 ? -value : value)));
  const [bottomX = 0, bottomY = 0] = ends.at(-1) ?? start;
  return `M${start.join(' ')}${segments.map(draw).join('')}L${-bottomX} ${bottomY}${upward.map(draw).join('')}Z`;
}

/** The mirror image of a path of absolute `M`, `L`, `Q`, `C` and `Z` commands. */
export function mirror(path: string): string {
  let isX = false;
  return path.replace(/-?\d+(?:\.\d+)?/g, (number) => {
    isX = !isX;
    return isX ? String(-Number(number)) : number;
  });
}

function draw(segment: Segment): string {
  const command = segment.length === 2 ? 'L' : segment.length === 4 ? 'Q' : 'C';
  return `${command}${segment.join(' ')}`;
}

function pairs(values: readonly number[]): number[][] {
  return Array.from({ length: values.length / 2 }, (_, index) => values.slice(index * 2, index * 2 + 2));
}

/** Blends two `#rrggbb` colours; `share` (0–1) is how much of the second there is. */
export function mix(first: string, second: string, share: number): string {
  const blend = channels(first).map((value, index) =>
    Math.round(value + ((channels(second)[index] ?? 0) - value) * share),
  );
  return `#${blend.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

/** How light a colour looks, 0 (black) to 1 (white). */
export function lightness(colour: string): number {
  const [red = 0, green = 0, blue = 0] = channels(colour);
  return (0.299 * red + 0.587 * green + 0.114 * blue) / 255;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16));
}

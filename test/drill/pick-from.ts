/** One of several by their weights, which sum up to 1. */
export function pickFrom<T>(choices: readonly (readonly [choice: T, weight: number])[], random: () => number): T {
  let left = random();
  for (const [choice, weight] of choices) {
    left -= weight;
    if (left < 0) return choice;
  }
  return (choices.at(-1) as readonly [T, number])[0];
}

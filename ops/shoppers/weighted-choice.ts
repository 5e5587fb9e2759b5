/** One of the candidates, each as likely as its weight says; the last when all weigh nothing. `random` in [0, 1). */
export function weightedChoice<T>(candidates: readonly T[], weigh: (candidate: T) => number, random: number): T {
  const weights = candidates.map(weigh);
  let left = random * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, candidate] of candidates.entries()) {
    left -= weights[index] ?? 0;
    if (left < 0) return candidate;
  }
  const last = candidates.at(-1);
  if (last === undefined) throw new Error('nothing to choose from');
  return last;
}

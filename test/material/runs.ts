/** How often a property is tried: as often as its test says, or `VITRINE_RUNS` times, e.g. 100000 for a long search. */
export function runs(usual: number): number {
  const wanted = Number(process.env.VITRINE_RUNS);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : usual;
}

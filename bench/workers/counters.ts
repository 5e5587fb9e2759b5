/** Billable operations since the last reset; all of the Worker and its objects run in one isolate here and share them. */
export const counters = {
  requests: 0,
  objectRequests: 0,
  rowsWritten: 0,
  rowsRead: 0,
  queueMessages: 0,
  queueOperations: 0,
  queueBatches: 0,
  r2ClassA: 0,
  r2ClassB: 0,
};

/** Sets all counters to nothing. */
export function resetCounters(): void {
  for (const name of Object.keys(counters) as (keyof typeof counters)[]) counters[name] = 0;
}

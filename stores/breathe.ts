/** Lets the requests run that wait for this isolate: to be called between two slices of work. */
export function breathe(): Promise<void> {
  return scheduler.wait(0);
}

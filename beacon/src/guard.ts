/** Wraps a function so that no error of ours ever reaches the page. */
export function guard<Args extends unknown[], Result>(run: (...args: Args) => Result) {
  return (...args: Args): Result | undefined => {
    try {
      return run(...args);
    } catch {
      return undefined;
    }
  };
}

/** Calls `run` at each event of this type; no error of ours reaches the page. */
export function on<E extends Event>(
  target: EventTarget,
  type: string,
  run: (event: E) => unknown,
  capture?: boolean,
): void {
  target.addEventListener(type, guard(run) as (event: Event) => void, capture);
}

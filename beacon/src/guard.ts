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

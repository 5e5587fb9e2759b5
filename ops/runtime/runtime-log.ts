/** A line that the Worker or the runtime wrote. `level` is that of `console`. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly timestamp: number;
}

/** Passes log lines on; without a receiver, warnings and errors go to stderr and the rest is dropped. */
export function startRuntimeLog(receive?: (line: LogLine) => void): (line: LogLine) => void {
  if (receive) return receive;
  return (line) => {
    if (line.level === 'warn' || line.level === 'error') process.stderr.write(`${line.message}\n`);
  };
}

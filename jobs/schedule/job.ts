/** Until when a run of a job may begin something new, and what it is told of the world. */
export interface JobRun {
  /** The cron trigger's time, ms since 1970. */
  readonly now: number;
  /** Nothing further is begun after it, ms since 1970 by the isolate's clock. */
  readonly deadline: number;
}

/** Work by the clock. */
export interface Job {
  readonly name: string;
  /** Whether it is due in a minute of the hour. */
  readonly when: (minute: number) => boolean;
  /** What one run may take, ms. Its lease lasts a little longer, so that a run that died holds up nobody for long. */
  readonly deadlineMs: number;
  readonly run: (env: Env, run: JobRun) => Promise<void>;
}

/** What an attribute says now. */
export interface AttributeView {
  readonly value: number | string | boolean;
  /** Whether it is exact; else a cap was reached. */
  readonly exact: boolean;
}

/** A segment that a person is in, since when and why. */
export interface SegmentView {
  readonly since: number;
  readonly condition: string;
  /** The attributes that it was decided by. */
  readonly because: Readonly<Record<string, AttributeView['value'] | null>>;
}

/** One difference of two documents: a slot or rule that is new, gone or other, the switch, or the order of the rules. */
export interface Difference {
  readonly what: 'slot' | 'rule' | 'active' | 'order';
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly before?: unknown;
  readonly after?: unknown;
}

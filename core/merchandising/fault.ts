/** What is wrong with a document, and where: the path of the member, and in a condition line and column from 1, offset from 0. */
export interface Fault {
  readonly path: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
  readonly offset?: number;
}

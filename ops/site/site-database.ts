import type { Statement } from '../../stores/sites/site-statements.ts';

/** A row as JSON. */
export type Row = Readonly<Record<string, unknown>>;

/** A Vitrine's D1, wherever it is. */
export interface SiteDatabase {
  /** Where its Worker answers, without a slash at the end; absent where that is not known. */
  readonly vitrineUrl: string | undefined;
  read(statement: Statement): Promise<readonly Row[]>;
  /** Runs all statements or none. */
  write(statements: readonly Statement[]): Promise<void>;
  close(): Promise<void>;
}

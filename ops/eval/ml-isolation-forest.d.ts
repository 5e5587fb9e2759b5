declare module 'ml-isolation-forest' {
  /** The part of it that is used. */
  export class IsolationForest {
    train(rows: readonly (readonly number[])[]): void;
    predict(rows: readonly (readonly number[])[]): number[];
  }
}

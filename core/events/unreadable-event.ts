/** An event in another format that says something which cannot be meant; it is refused for itself. */
export class UnreadableEvent {
  /** What was wrong, and what would be right. */
  readonly message: string;
  /** What came. */
  readonly payload: unknown;

  constructor(message: string, payload: unknown) {
    this.message = message;
    this.payload = payload;
  }
}

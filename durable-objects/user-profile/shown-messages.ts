import { type EventMessage, messageIn } from '../../core/events/message.ts';

/** Characters of messages that wait for a look at most: about 50 requests of a page, or one full message. */
const MAX_LENGTH = 128_000;

/** Messages that the queue has and that nobody has looked at yet, as text: most are brought by the queue before somebody does. */
export class ShownMessages {
  private waiting: { readonly id: string; readonly text: string }[] = [];
  private length = 0;

  /** Takes one more; whether they are so many now that they are to be counted, whoever looks. */
  add(id: string, text: string): boolean {
    this.waiting.push({ id, text });
    this.length += text.length;
    return this.length > MAX_LENGTH;
  }

  /** Forgets those that came another way. */
  forget(messages: readonly { readonly id: string }[]): void {
    if (this.waiting.length === 0) return;
    const ids = new Set(messages.map(({ id }) => id));
    this.waiting = this.waiting.filter(({ id }) => !ids.has(id));
    this.length = this.waiting.reduce((length, { text }) => length + text.length, 0);
  }

  /** Gives all that wait, in the order in which they came, and waits for new ones. */
  take(): EventMessage[] {
    const messages = this.waiting.map(({ text }) => messageIn(text) as EventMessage);
    this.waiting = [];
    this.length = 0;
    return messages;
  }
}

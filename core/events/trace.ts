/**
 * Ids of messages that tell which request brought them: the first has the request's trace as its id, the others that and their number. So one id leads
 * from the answer over the queue and the profile to the row in the lake.
 *
 * @param trace an id of the request, without a dot.
 */
export function messageIds(trace: string): () => string {
  let number = 0;
  return () => {
    const id = number === 0 ? trace : `${trace}.${number}`;
    number += 1;
    return id;
  };
}

/** The trace of a message's id. */
export function traceOf(messageId: string): string {
  return messageId.replace(/^history:/, '').replace(/\.\d+$/, '');
}

const encoder = new TextEncoder();

/** Writes one line of an NDJSON answer; waits while the reader is slow. */
export type WriteLine = (line: object) => Promise<void>;

/**
 * An NDJSON answer that is written while it is made.
 *
 * @param write writes the lines; when it ends the answer ends.
 * @param failed hears of an error, and may write a last line that says so; without one the answer is cut off.
 */
export function answerLines(
  write: (line: WriteLine) => Promise<void>,
  failed: (error: unknown, line: WriteLine) => Promise<'ended' | 'cut'>,
): Response {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const line: WriteLine = async (value) => {
    await writer.ready;
    await writer.write(encoder.encode(`${JSON.stringify(value)}\n`));
  };
  const run = async () => {
    try {
      await write(line);
      await writer.close();
    } catch (error) {
      const end = await failed(error, line).catch(() => 'cut' as const);
      await (end === 'ended' ? writer.close() : writer.abort(error)).catch(() => undefined);
    }
  };
  void run();
  return new Response(readable, { headers: { 'content-type': 'application/x-ndjson' } });
}

let lastMs = 0;
let count = 0;

/**
 * A UUIDv7 (RFC 9562, section 6.2, method 1): 48 bits of time, 12 bits that count inside a millisecond, the rest random. Each is greater than
 * the one before, also when the clock is set back, so that events keep their order. Own code for the sake of the byte budget.
 *
 * @returns the id, and the time that it bears: `nowMs`, or later where the clock went back.
 */
export function uuidV7(nowMs: number): { readonly id: string; readonly ms: number } {
  count = nowMs > lastMs ? 0 : count + 1;
  lastMs = Math.max(lastMs, nowMs);
  if (count > 4095) {
    lastMs += 1;
    count = 0;
  }
  const hex = (value: number, length: number) => value.toString(16).padStart(length, '0');
  const time = hex(lastMs, 12);
  const tail = [...crypto.getRandomValues(new Uint8Array(8))].map((byte) => hex(byte, 2)).join('');
  return {
    id: `${time.slice(0, 8)}-${time.slice(8)}-7${hex(count, 3)}-8${tail.slice(1, 4)}-${tail.slice(4)}`,
    ms: lastMs,
  };
}

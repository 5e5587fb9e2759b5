/** Data that are not what their schema says, or a value that no data can be made of. */
export class AvroError extends Error {}

const TEXT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const UTF8 = new TextEncoder();
/** Values that one piece of data may hold: a list of nulls takes no bytes. */
const MAX_VALUES = 1_000_000;

/** Reads Avro's binary encoding (Avro 1.12, "Binary Encoding"). Whatever the bytes are, it ends: with a value, or with `AvroError`. */
export class AvroBytes {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at: number;
  #values = 0;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#at = at;
  }

  get atEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** To be called for each value, so that few bytes make no endless list. */
  count(): void {
    this.#values += 1;
    if (this.#values > MAX_VALUES) throw new AvroError(`the data hold more than ${MAX_VALUES} values`);
  }

  byte(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined) throw new AvroError('the data end too early');
    this.#at += 1;
    return byte;
  }

  boolean(): boolean {
    const byte = this.byte();
    if (byte > 1) throw new AvroError(`a boolean is 0 or 1, not ${byte}`);
    return byte === 1;
  }

  /** A whole number in zigzag and base 128: as a number up to 2^53, as a bigint beyond. */
  long(): number | bigint {
    let low = 0;
    let scale = 1;
    for (let shift = 0; shift < 49; shift += 7) {
      const byte = this.byte();
      low += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 128) return low % 2 === 0 ? low / 2 : -(low + 1) / 2;
    }
    let value = BigInt(low);
    for (let shift = 49n; ; shift += 7n) {
      const byte = this.byte();
      if (shift === 63n && byte > 1) throw new AvroError('a long has more than 64 bits');
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 128) break;
    }
    const whole = value & 1n ? -((value + 1n) >> 1n) : value >> 1n;
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }

  int(): number {
    const value = this.long();
    if (typeof value === 'bigint' || value < -(2 ** 31) || value >= 2 ** 31)
      throw new AvroError(`${value} is no int of 32 bits`);
    return value;
  }

  float(): number {
    return this.#view.getFloat32(this.#skip(4), true);
  }

  double(): number {
    return this.#view.getFloat64(this.#skip(8), true);
  }

  bytes(length = this.#length()): Uint8Array {
    const from = this.#skip(length);
    return this.#bytes.subarray(from, from + length);
  }

  text(): string {
    try {
      return TEXT.decode(this.bytes());
    } catch (error) {
      throw error instanceof AvroError ? error : new AvroError('a text is not valid UTF-8');
    }
  }

  /** Walks the blocks of a list or map. */
  blocks(read: () => void): void {
    for (;;) {
      const said = this.long();
      if (said === 0) return;
      if (typeof said === 'bigint') throw new AvroError('a block has too many values');
      // A negative count is followed by the block's size, for who skips it.
      if (said < 0) this.long();
      for (let left = Math.abs(said); left > 0; left -= 1) {
        this.count();
        read();
      }
    }
  }

  #length(): number {
    const length = this.long();
    if (typeof length === 'bigint' || length < 0) throw new AvroError(`${length} is no length`);
    return length;
  }

  #skip(length: number): number {
    const from = this.#at;
    if (from + length > this.#bytes.length) throw new AvroError('the data end too early');
    this.#at = from + length;
    return from;
  }
}

/** Writes Avro's binary encoding. */
export class AvroBuffer {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** What was written. */
  done(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  byte(byte: number): void {
    this.#room(1);
    this.#bytes[this.#length] = byte;
    this.#length += 1;
  }

  long(value: number | bigint): void {
    let rest = BigInt(value);
    rest = rest < 0n ? -rest * 2n - 1n : rest * 2n;
    while (rest >= 128n) {
      this.byte(Number(rest & 0x7fn) | 0x80);
      rest >>= 7n;
    }
    this.byte(Number(rest));
  }

  float(value: number): void {
    this.#room(4);
    new DataView(this.#bytes.buffer).setFloat32(this.#length, value, true);
    this.#length += 4;
  }

  double(value: number): void {
    this.#room(8);
    new DataView(this.#bytes.buffer).setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  bytes(bytes: Uint8Array): void {
    this.long(bytes.length);
    this.raw(bytes);
  }

  text(text: string): void {
    this.bytes(UTF8.encode(text));
  }

  #room(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const bytes = new Uint8Array(Math.max(this.#bytes.length * 2, this.#length + more));
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
  }
}

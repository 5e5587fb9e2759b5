/** Ledgers by their hashes: from one on and before another, both or beginnings of them. */
export interface HashRange {
  readonly from: string;
  readonly before: string;
}

/** Digits that ranges are told apart by: 24 bits. */
const DIGITS = 6;
const HASHES = 16 ** DIGITS;

/** The hashes (hex) of one of so many ranges: an equal share of all, each hash in one range. */
export function hashRange(range: number, ranges: number): HashRange {
  const digits = (share: number) =>
    Math.floor((share * HASHES) / ranges)
      .toString(16)
      .padStart(DIGITS, '0');
  // After the last one there is no hash: "g" is no digit.
  return { from: digits(range), before: range + 1 === ranges ? 'g' : digits(range + 1) };
}

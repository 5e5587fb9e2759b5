/** What a cell of a table says: `true`, `false` and numbers are what they look like, all else is text. */
export function cellValue(cell: string): string | number | boolean {
  if (cell === 'true' || cell === 'false') return cell === 'true';
  // A leading zero or sign belongs to what is no number, such as a telephone number or a postcode.
  return /^-?(0|[1-9]\d{0,14})(\.\d+)?$/.test(cell) ? Number(cell) : cell;
}

import * as z from 'zod/mini';

const titlesSchema = z.record(z.string(), z.string());
let titles: Promise<Record<string, string>> | undefined;

/** The titles of the shop's products by id; empty if they cannot be had. */
export function readTitles(): Promise<Record<string, string>> {
  titles ??= fetch('/titles.json')
    .then(async (response) => titlesSchema.parse(await response.json()))
    .catch(() => ({}));
  return titles;
}

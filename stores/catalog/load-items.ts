import type { ItemChange } from '../../core/catalog/change.ts';
import { type LoadReport, ReportWriter } from '../../core/catalog/load-report.ts';
import { type RowMeaning, readItem } from '../../core/catalog/read-item.ts';
import { SeenIds } from '../../core/catalog/seen-ids.ts';
import type { ReadRow } from '../../core/tables/read-rows.ts';
import { type CatalogStub, catalogStub } from './catalog-stub.ts';

/** Rows of a call to the catalogue, and characters of it: a call may have 32 MB. */
const ROWS_PER_CALL = 500;
const LENGTH_PER_CALL = 1_000_000;
/** Products that are looked at in one call when those are sought that a whole file is without. */
const PAGE = 1_000;
/** A whole file may lack this share of what its source said before, and so many in any case, before it looks like an accident. */
const LACKING_SHARE = 0.2;
const LACKING_ITEMS = 10;

/** How an upload is meant. */
export interface LoadMeaning {
  readonly rows: RowMeaning;
  /** Who says so: `api`, or a feed's name. */
  readonly source: string;
  /** Whether it is all that the source has: what it said before and does not say now leaves. */
  readonly whole: boolean;
  /** Whether that may be many. */
  readonly acceptsFewer: boolean;
}

/**
 * Brings the rows of a file into a site's catalogue, part by part, in bounded memory; each row is taken or refused for itself.
 *
 * @param tell hears how far it is, after each part.
 * @throws what reading the rows throws; what was taken until then stays, and nothing is removed.
 */
export async function loadItems(
  env: Env,
  site: string,
  rows: AsyncIterable<ReadRow>,
  meaning: LoadMeaning,
  tell: (soFar: LoadReport) => Promise<void> = async () => undefined,
): Promise<LoadReport> {
  const catalog = catalogStub(env, site);
  const writer = new ReportWriter();
  const seen = meaning.whole ? new SeenIds() : undefined;
  let part: { line: number; change: ItemChange }[] = [];
  let length = 0;
  const flush = async () => {
    if (part.length === 0) return;
    await applyPart(catalog, part, meaning.source, writer);
    part = [];
    length = 0;
  };
  for await (const read of rows) {
    const item = 'fault' in read ? read : readItem(read.row, meaning.rows);
    if ('fault' in item) {
      writer.refuse(read.line, item.fault);
      // Who is named is there, however badly.
      if ('id' in item && item.id !== undefined) seen?.add(item.id);
      continue;
    }
    writer.unknown(item.unknown);
    for (const note of item.notes) writer.note(read.line, note);
    const { change } = item;
    if (change.kind !== 'delete') seen?.add(change.kind === 'put' ? change.item.id : change.id);
    part.push({ line: read.line, change });
    length += JSON.stringify(change).length;
    if (part.length < ROWS_PER_CALL && length < LENGTH_PER_CALL) continue;
    await flush();
    await tell(writer.report);
  }
  await flush();
  if (seen) await removeOthers(catalog, seen, meaning, writer.report);
  writer.report.refused.lines.sort((a, b) => a.line - b.line);
  return writer.report;
}

async function applyPart(
  catalog: CatalogStub,
  part: readonly { line: number; change: ItemChange }[],
  source: string,
  writer: ReportWriter,
): Promise<void> {
  const outcomes = await catalog.apply({ v: 1, changes: part.map(({ change }) => change), source });
  const { report } = writer;
  for (const [at, outcome] of outcomes.entries()) {
    const { line, change } = part[at] as (typeof part)[number];
    if (typeof outcome === 'object') writer.refuse(line, outcome.fault);
    else {
      report.accepted += 1;
      if (outcome === 'changed') report[change.kind === 'delete' ? 'removed' : 'changed'] += 1;
    }
  }
}

/** Removes what the source said before and does not say now, unless that is so much that it looks like an accident. */
async function removeOthers(
  catalog: CatalogStub,
  seen: SeenIds,
  { source, acceptsFewer }: LoadMeaning,
  report: LoadReport,
): Promise<void> {
  const pages = async function* () {
    for (let after = ''; ; ) {
      const ids = await catalog.idsOf(source, after, PAGE);
      yield ids;
      if (ids.length < PAGE) return;
      after = ids.at(-1) ?? '';
    }
  };
  let all = 0;
  let missing = 0;
  for await (const ids of pages()) {
    all += ids.length;
    missing += ids.filter((id) => !seen.has(id)).length;
  }
  if (missing === 0) return;
  // A file without any product of use, such as a page that says "log in", is an accident however few there were.
  const isMany = report.accepted === 0 || missing > Math.max(LACKING_ITEMS, all * LACKING_SHARE);
  if (isMany && !acceptsFewer) {
    report.held = { missing, of: all };
    return;
  }
  for await (const ids of pages()) {
    const changes = ids.filter((id) => !seen.has(id)).map((id) => ({ kind: 'delete' as const, id }));
    if (changes.length === 0) continue;
    const outcomes = await catalog.apply({ v: 1, changes, source });
    report.removed += outcomes.filter((outcome) => outcome === 'changed').length;
  }
}

import { createHash } from 'node:crypto';
import { type DataFile, manifestFile, manifestList } from '../../core/iceberg/manifest.ts';
import { tableMetadata } from '../../core/iceberg/metadata.ts';
import { type KeptManifest, keptManifest, planManifests } from '../../core/iceberg/plan-manifests.ts';
import { parquetPrefix } from '../../core/lake/partition.ts';
import { rest } from '../breathe.ts';
import { log } from '../log.ts';
import { CommitConflict, listPartitions } from './partitions.ts';

/** A site's lake as an Iceberg table, as it is published. */
export interface PublishedTable {
  readonly uuid: string;
  /** The lake's commit that it shows. */
  readonly commit: number;
  readonly manifests: readonly KeptManifest[];
  /** Keys of its metadata, its list and its manifests. */
  readonly parts: readonly string[];
  /** ms since 1970 */
  readonly publishedAt: number;
  /** The commit that the Iceberg catalog is known to show, 0 for none, and why it shows no newer one. */
  readonly catalog: { readonly commit: number; readonly fault: string | null };
}

interface Row {
  readonly uuid: string;
  readonly commit_number: number;
  readonly manifests: string;
  readonly parts: string;
  readonly published_at: number;
  readonly catalog_commit: number;
  readonly catalog_fault: string | null;
}

/** How often publishing begins anew where the lake changes meanwhile. */
const TRIES = 5;
const AVRO = { httpMetadata: { contentType: 'application/avro' } };
const JSON_TYPE = { httpMetadata: { contentType: 'application/json' } };

/** Where a site's table lies, e.g. `s3://vitrine-lake/events/site=shop`; nothing where there are no tables. */
export function tableLocation(env: Env, site: string): string | undefined {
  const bucket = env.LAKE_LOCATION.replace(/\/+$/, '');
  return bucket === '' ? undefined : `${bucket}/${parquetPrefix(site).replace(/\/$/, '')}`;
}

/** Key of the table's metadata at a commit, by the names of Iceberg's file system tables. */
export function metadataKey(site: string, commit: number): string {
  return `${metadataPrefix(site)}v${commit}.metadata.json`;
}

/** What is published of a site's table. */
export async function publishedTable(env: Env, site: string): Promise<PublishedTable | undefined> {
  const row = await env.DB.prepare(
    'SELECT uuid, commit_number, manifests, parts, published_at, catalog_commit, catalog_fault FROM lake_tables WHERE site = ?',
  )
    .bind(site)
    .first<Row>();
  if (!row) return undefined;
  return {
    uuid: row.uuid,
    commit: row.commit_number,
    manifests: JSON.parse(row.manifests),
    parts: JSON.parse(row.parts),
    publishedAt: row.published_at,
    catalog: { commit: row.catalog_commit, fault: row.catalog_fault },
  };
}

/**
 * Publishes the newest commit of a site's lake as its Iceberg table: manifests of the months that have changed, their list, the metadata, and last the
 * pointer to it. Each of them is written before what names it, so that a run that dies anywhere leaves the table as it was, and the next one makes it.
 * Nothing is done where it is published already.
 *
 * @throws {CommitConflict} where the lake changes all the time, or another run publishes at the same moment.
 */
export async function publishTable(env: Env, site: string): Promise<void> {
  const location = tableLocation(env, site);
  if (location === undefined) {
    await env.DB.prepare('DELETE FROM lake_tables WHERE site = ?').bind(site).run();
    return;
  }
  for (let tried = 0; tried < TRIES; tried += 1) {
    const newest = await newestCommit(env, site);
    if (!newest) return;
    const before = await beginTable(env, site);
    if (before.commit >= newest.number) return;
    const files = await dataFiles(env, site);
    // What was listed must be of this commit.
    if ((await newestCommit(env, site))?.number !== newest.number) continue;
    await publish(env, site, location, newest, before, files);
    return;
  }
  throw new CommitConflict('the lake changed while its table was made');
}

async function publish(
  env: Env,
  site: string,
  location: string,
  { number, at }: { readonly number: number; readonly at: number },
  before: PublishedTable,
  files: readonly DataFile[],
): Promise<void> {
  const { stay, due } = planManifests(files, before.manifests);
  const manifests = [...stay];
  for (const one of due) {
    const bytes = manifestFile(one.files);
    const key = await putNamed(env, site, `${one.month}-${number}`, bytes);
    manifests.push(keptManifest(one, bucketPath(env, key), bytes.byteLength, number));
    await rest();
  }
  manifests.sort((a, b) => a.firstHour - b.firstHour);
  const list = await putNamed(env, site, `snap-${number}`, manifestList(number, manifests));
  const metadata = tableMetadata({
    uuid: before.uuid,
    location,
    site,
    commit: number,
    at,
    manifestList: bucketPath(env, list),
    files: files.length,
    rows: files.reduce((sum, { rows }) => sum + rows, 0),
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
  });
  await putMetadata(env, metadataKey(site, number), metadata);
  await point(env, site, number);
  const parts = [metadataKey(site, number), list, ...manifests.map(({ path }) => keyOf(env, path))];
  const now = Date.now();
  await env.DB.batch([
    env.DB.prepare(
      'UPDATE lake_tables SET commit_number = ?1, manifests = ?2, parts = ?3, published_at = ?4 WHERE site = ?5 AND commit_number < ?1',
    ).bind(number, JSON.stringify(manifests), JSON.stringify(parts), now, site),
    env.DB.prepare(
      'INSERT OR REPLACE INTO lake_garbage (site, key, since) SELECT ?1, value, ?3 FROM json_each(?2)',
    ).bind(site, JSON.stringify(before.parts.filter((key) => !parts.includes(key))), now),
    // A manifest that came back is none to delete.
    env.DB.prepare('DELETE FROM lake_garbage WHERE site = ?1 AND key IN (SELECT value FROM json_each(?2))').bind(
      site,
      JSON.stringify(parts),
    ),
  ]);
  log('table_published', { site, commit: number, files: files.length, manifests: due.length });
}

/** What is published; of a site that has no table yet, one without a commit. */
async function beginTable(env: Env, site: string): Promise<PublishedTable> {
  await env.DB.prepare(
    `INSERT OR IGNORE INTO lake_tables (site, uuid, commit_number, manifests, parts, published_at) VALUES (?, ?, 0, '[]', '[]', 0)`,
  )
    .bind(site, crypto.randomUUID())
    .run();
  const table = await publishedTable(env, site);
  if (!table) throw new CommitConflict('the table was given up meanwhile');
  return table;
}

async function dataFiles(env: Env, site: string): Promise<DataFile[]> {
  const partitions = await listPartitions(env, site);
  return partitions.flatMap(({ hour, files }) =>
    files.map(({ key, rows, bytes, stats }) => ({ path: bucketPath(env, key), hour, rows, bytes, stats })),
  );
}

async function newestCommit(env: Env, site: string) {
  return env.DB.prepare('SELECT number, at FROM lake_commits WHERE site = ? ORDER BY number DESC LIMIT 1')
    .bind(site)
    .first<{ number: number; at: number }>();
}

/**
 * The commit that a part of a table was written for, by its key; nothing of other objects. What is of an older commit than the published one, and no part
 * of that, is of no use any more: whoever publishes writes for a newer one.
 */
export function commitOfPart(key: string): number | undefined {
  const found = /\/metadata\/(?:.*-(\d+)-[0-9a-f]{32}\.avro|v(\d+)\.metadata\.json)$/.exec(key);
  return found ? Number(found[1] ?? found[2]) : undefined;
}

/** Writes a part of the table under a name that is made from its commit and its content. */
async function putNamed(env: Env, site: string, name: string, bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 32);
  const key = `${metadataPrefix(site)}${name}-${hash}.avro`;
  await env.LAKE.put(key, bytes, AVRO);
  return key;
}

/** Writes the metadata of a commit. Where a run that died has written it, what it left is the same, or of another build and replaced, as long as nobody else does so. */
async function putMetadata(env: Env, key: string, metadata: string): Promise<void> {
  if (await env.LAKE.put(key, metadata, { ...JSON_TYPE, onlyIf: { etagDoesNotMatch: '*' } })) return;
  const there = await env.LAKE.get(key);
  if (!there) throw new CommitConflict('the table’s metadata went meanwhile');
  if ((await there.text()) === metadata) return;
  const written = await env.LAKE.put(key, metadata, { ...JSON_TYPE, onlyIf: { etagMatches: there.etag } });
  if (!written) throw new CommitConflict('another run published the table');
}

/** Points to the metadata of a commit, unless a newer one is pointed to. */
async function point(env: Env, site: string, commit: number): Promise<void> {
  const key = hintKey(site);
  const there = await env.LAKE.get(key);
  if (there && Number(await there.text()) >= commit) return;
  const onlyIf = there ? { etagMatches: there.etag } : { etagDoesNotMatch: '*' };
  if (!(await env.LAKE.put(key, `${commit}`, { onlyIf }))) throw new CommitConflict('another run published the table');
}

/** Key of the pointer to the newest metadata. */
export function hintKey(site: string): string {
  return `${metadataPrefix(site)}version-hint.text`;
}

function metadataPrefix(site: string): string {
  return `${parquetPrefix(site)}metadata/`;
}
/** Where an object of the bucket lies for who reads it from outside. */
export function bucketPath(env: Env, key: string): string {
  return `${env.LAKE_LOCATION.replace(/\/+$/, '')}/${key}`;
}
function keyOf(env: Env, path: string): string {
  return path.slice(env.LAKE_LOCATION.replace(/\/+$/, '').length + 1);
}

import type { z } from 'zod';
import type { tableSchema } from '../../workers/api/lake/operation.ts';

type Table = z.infer<typeof tableSchema>;

/** How an engine opens the table; `<…>` is what the shop's own account says. */
export interface Engine {
  readonly name: string;
  readonly how: (table: Table) => string;
}

const ENDPOINT = 'https://<account id>.r2.cloudflarestorage.com';
const bucketOf = ({ location }: Table) => new URL(location).host;
const keyIn = ({ location }: Table, path: string) => path.slice(location.indexOf('/', 's3://'.length) + 1);

/**
 * Engines that read the bucket. All but Athena and Redshift, which read Amazon's S3 alone, take R2 by its S3 endpoint, with a token of R2 that may read
 * objects.
 */
export const ENGINES: readonly Engine[] = [
  {
    name: 'ClickHouse',
    how: (table) =>
      `SELECT type, count() FROM icebergS3('${ENDPOINT}/${bucketOf(table)}/${keyIn(table, table.location)}', '<access key>', '<secret>') GROUP BY type`,
  },
  {
    name: 'DuckDB',
    how: ({ metadata }) => `INSTALL iceberg; LOAD iceberg; INSTALL httpfs; LOAD httpfs;
CREATE SECRET (TYPE r2, KEY_ID '<access key>', SECRET '<secret>', ACCOUNT_ID '<account id>');
SELECT type, count(*) FROM iceberg_scan('${metadata.replace(/^s3:/, 'r2:')}', allow_moved_paths = true) GROUP BY type`,
  },
  {
    name: 'Snowflake',
    how: (table) => `CREATE EXTERNAL VOLUME vitrine STORAGE_LOCATIONS = ((
  NAME = 'r2' STORAGE_PROVIDER = 'S3COMPAT' STORAGE_BASE_URL = 's3compat://${bucketOf(table)}/'
  STORAGE_ENDPOINT = '<account id>.r2.cloudflarestorage.com'
  CREDENTIALS = (AWS_KEY_ID = '<access key>' AWS_SECRET_KEY = '<secret>'))) ALLOW_WRITES = FALSE;
CREATE CATALOG INTEGRATION vitrine_files CATALOG_SOURCE = OBJECT_STORE TABLE_FORMAT = ICEBERG ENABLED = TRUE;
CREATE ICEBERG TABLE events EXTERNAL_VOLUME = 'vitrine' CATALOG = 'vitrine_files'
  METADATA_FILE_PATH = '${keyIn(table, table.metadata)}';
-- After each compaction:
ALTER ICEBERG TABLE events REFRESH '${keyIn(table, table.metadata)}'`,
  },
  {
    name: 'Spark',
    how: ({
      location,
    }) => `spark-sql --packages org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:<version>,org.apache.hadoop:hadoop-aws:<version> \\
  --conf spark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog --conf spark.sql.catalog.lake.type=hadoop \\
  --conf spark.sql.catalog.lake.warehouse=${location.slice(0, location.lastIndexOf('/'))} \\
  --conf spark.hadoop.fs.s3.impl=org.apache.hadoop.fs.s3a.S3AFileSystem --conf spark.hadoop.fs.s3a.endpoint=${ENDPOINT} \\
  --conf spark.hadoop.fs.s3a.access.key=<access key> --conf spark.hadoop.fs.s3a.secret.key=<secret>
spark.read.format("iceberg").load("${location}").groupBy("type").count().show()`,
  },
  {
    name: 'Trino',
    how: ({
      location,
    }) => `CALL iceberg.system.register_table(schema_name => 'vitrine', table_name => 'events', table_location => '${location}');
SELECT type, count(*) FROM iceberg.vitrine.events GROUP BY type`,
  },
  {
    name: 'Athena and Redshift Spectrum',
    how: ({ metadata }) =>
      `They read Amazon's S3 alone: copy the bucket there (rclone sync), and register ${metadata} with Glue: CREATE TABLE's table_type ICEBERG with metadata_location.`,
  },
];

/** Engines that ask the catalog, where the table is known to one; they always find what is newest. */
const CATALOG_ENGINES: readonly Engine[] = [
  {
    name: 'DuckDB, by the catalog',
    how: ({ catalog }) => `INSTALL iceberg; LOAD iceberg;
CREATE SECRET (TYPE iceberg, TOKEN '<token>');
ATTACH '${catalog?.warehouse}' AS lake (TYPE iceberg, ENDPOINT '${catalog?.uri}');
SELECT type, count(*) FROM lake.${quoted(catalog?.name)} GROUP BY type`,
  },
  {
    name: 'Spark, by the catalog',
    how: ({
      catalog,
    }) => `spark-sql --packages org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:<version>,org.apache.iceberg:iceberg-aws-bundle:<version> \\
  --conf spark.sql.catalog.lake=org.apache.iceberg.spark.SparkCatalog --conf spark.sql.catalog.lake.type=rest \\
  --conf spark.sql.catalog.lake.uri=${catalog?.uri} --conf spark.sql.catalog.lake.warehouse=${catalog?.warehouse} \\
  --conf spark.sql.catalog.lake.token=<token>
SELECT type, count(*) FROM lake.${quoted(catalog?.name).replaceAll('"', '`')} GROUP BY type`,
  },
  {
    name: 'PyIceberg, by the catalog',
    how: ({ catalog }) =>
      `load_catalog("lake", type="rest", uri="${catalog?.uri}", warehouse="${catalog?.warehouse}", token="<token>").load_table("${catalog?.name}").scan().to_arrow()`,
  },
];

function quoted(name = ''): string {
  return name
    .split('.')
    .map((part) => `"${part}"`)
    .join('.');
}

/** Whether a catalog knows the table, and shows what is newest. */
function catalogWords({ catalog, commit }: Table): string {
  if (!catalog) return 'none: name one in wrangler.toml (CATALOG_URI), and each commit is told there';
  const { name, uri, commit: shown, fault } = catalog;
  const known = shown === 0 ? `does not know the table yet` : `shows ${name} at commit ${shown}`;
  const why = fault === null ? '' : `: ${fault}`;
  return shown === commit ? `${uri} ${known}` : `${uri} ${known}${why}; npm run lake -- compact tells it again`;
}

/** The table, and how each engine opens it, as text. */
export function tableWords(table: Table, engines: readonly Engine[]): string {
  const { location, metadata, commit, publishedAt, files, rows, catalog } = table;
  const ways = [...(catalog ? CATALOG_ENGINES : []), ...engines].map(
    ({ name, how }) => `\n${name}\n${how(table).replaceAll(/^/gm, '  ')}\n`,
  );
  return `${location}
  metadata  ${metadata}
  commit    ${commit}, published ${publishedAt}
  holds     ${rows} events in ${files} files
  catalog   ${catalogWords(table)}
${ways.join('')}`;
}

-- Snowflake reads a site's lake. Put your account's names in place of <…>; `npm run lake -- table` prints the table's own.
-- Written by Snowflake's documentation, and parsed in the tests; not run against an account.

-- 1. As an Iceberg table: nothing is copied, and what is erased in the lake is erased here with the next refresh.

CREATE EXTERNAL VOLUME vitrine_lake
  STORAGE_LOCATIONS = ((
    NAME = 'r2'
    STORAGE_PROVIDER = 'S3COMPAT'
    STORAGE_BASE_URL = 's3compat://vitrine-lake/'
    STORAGE_ENDPOINT = '<account id>.r2.cloudflarestorage.com'
    CREDENTIALS = (AWS_KEY_ID = '<access key that may read>' AWS_SECRET_KEY = '<secret>')
  ))
  ALLOW_WRITES = FALSE;

CREATE CATALOG INTEGRATION vitrine_files CATALOG_SOURCE = OBJECT_STORE TABLE_FORMAT = ICEBERG ENABLED = TRUE;

CREATE ICEBERG TABLE events
  EXTERNAL_VOLUME = 'vitrine_lake'
  CATALOG = 'vitrine_files'
  METADATA_FILE_PATH = 'events/site=shop/metadata/v<commit>.metadata.json';

-- Each commit of the lake has a metadata file of its own; version-hint.text names the newest.
CREATE STAGE lake
  URL = 's3compat://vitrine-lake/'
  ENDPOINT = '<account id>.r2.cloudflarestorage.com'
  CREDENTIALS = (AWS_KEY_ID = '<access key that may read>' AWS_SECRET_KEY = '<secret>');

-- To run each hour, ten minutes past: a task, which wakes the smallest warehouse for some seconds (on its smallest size some 0.1 credits a day).
CREATE TASK refresh_events WAREHOUSE = small SCHEDULE = 'USING CRON 10 * * * * UTC' AS
EXECUTE IMMEDIATE $$
DECLARE
  version VARCHAR;
BEGIN
  SELECT $1 INTO :version FROM '@lake/events/site=shop/metadata/version-hint.text';
  EXECUTE IMMEDIATE 'ALTER ICEBERG TABLE events REFRESH ''events/site=shop/metadata/v' || version || '.metadata.json''';
END;
$$;

ALTER TASK refresh_events RESUME;

-- 2. Copied: faster to query, paid twice. Files never change and are named in manifest.json: what it names and is not here is loaded, and what is here
-- and it does not name any more is deleted. So late events, replaced files and erasures come with the same two statements.

CREATE TABLE events_copied (
  file VARCHAR NOT NULL,
  event_id VARCHAR, type VARCHAR, time TIMESTAMP_TZ, occurred_at VARCHAR, received_at TIMESTAMP_TZ, message_id VARCHAR, ledger VARCHAR,
  ledger_hash VARCHAR, anonymous_id VARCHAR, user_id VARCHAR, fingerprint DOUBLE, proof VARCHAR, vouched BOOLEAN, consent VARCHAR, country VARCHAR,
  region VARCHAR, city VARCHAR, timezone VARCHAR, device VARCHAR, browser VARCHAR, os VARCHAR, bot BOOLEAN, referrer_host VARCHAR,
  utm_source VARCHAR, utm_medium VARCHAR, utm_campaign VARCHAR, utm_term VARCHAR, utm_content VARCHAR, product_id VARCHAR, category VARCHAR,
  brand VARCHAR, price DOUBLE, quantity DOUBLE, currency VARCHAR, order_id VARCHAR, total DOUBLE, query VARCHAR, slot VARCHAR,
  properties VARCHAR, context VARCHAR, decision VARCHAR, decision_fault VARCHAR, headers VARCHAR, cookies VARCHAR
) CLUSTER BY (time);

COPY INTO events_copied
  FROM '@lake/events/site=shop/'
  PATTERN = '.*[.]parquet'
  FILE_FORMAT = (TYPE = PARQUET)
  MATCH_BY_COLUMN_NAME = CASE_INSENSITIVE
  INCLUDE_METADATA = (file = METADATA$FILENAME);

DELETE FROM events_copied
WHERE file NOT IN (
  SELECT named.value:key::VARCHAR
  FROM '@lake/events/site=shop/manifest.json' (FILE_FORMAT => 'json') AS manifest, LATERAL FLATTEN(INPUT => $1:files) AS named
);

-- 3. Who may read: analysts no ids of people.

CREATE ROLE lake_reader;

GRANT USAGE ON DATABASE vitrine TO ROLE lake_reader;

GRANT SELECT ON TABLE events TO ROLE lake_reader;

CREATE VIEW events_without_people AS
SELECT * EXCLUDE (ledger, anonymous_id, user_id, context, headers, cookies) FROM events;

CREATE ROLE analyst;

GRANT SELECT ON VIEW events_without_people TO ROLE analyst;

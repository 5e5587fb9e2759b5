-- Redshift reads a site's lake from Amazon's S3, where the bucket is copied to each hour (rclone sync r2:vitrine-lake s3:<bucket>).
-- Put your account's names in place of <…>. Written by Amazon's documentation, and parsed in the tests; not run against an account.

-- 1. As an Iceberg table of the Glue Data Catalog, by Spectrum: 5 USD a terabyte that is read, and what is erased in the lake is erased here with the
-- next copy of the bucket. The table's metadata_location in Glue is set to the newest metadata after each copy.

CREATE EXTERNAL SCHEMA lake
FROM DATA CATALOG DATABASE 'vitrine'
IAM_ROLE 'arn:aws:iam::<account>:role/<role that may read the bucket and Glue>';

-- 2. Copied, a day at a time: the files of a day replace what is here of it. It is run for the days whose files have changed since the last time, by
-- manifest.json; after an erasure those are all days that the person was there.

CREATE TABLE events (
  event_id VARCHAR(256), "type" VARCHAR(64), "time" TIMESTAMP, occurred_at VARCHAR(64), received_at TIMESTAMP, message_id VARCHAR(128),
  ledger VARCHAR(512), ledger_hash VARCHAR(64), anonymous_id VARCHAR(512), user_id VARCHAR(512), fingerprint DOUBLE PRECISION, proof VARCHAR(64),
  vouched BOOLEAN, consent VARCHAR(512), country VARCHAR(8), region VARCHAR(128), city VARCHAR(256), timezone VARCHAR(64), device VARCHAR(32),
  browser VARCHAR(64), os VARCHAR(64), bot BOOLEAN, referrer_host VARCHAR(256), utm_source VARCHAR(1024), utm_medium VARCHAR(1024),
  utm_campaign VARCHAR(1024), utm_term VARCHAR(1024), utm_content VARCHAR(1024), product_id VARCHAR(512), category VARCHAR(512), brand VARCHAR(512),
  price DOUBLE PRECISION, quantity DOUBLE PRECISION, currency VARCHAR(64), order_id VARCHAR(512), total DOUBLE PRECISION, query VARCHAR(4096),
  slot VARCHAR(256), properties VARCHAR(65535), context VARCHAR(65535), decision VARCHAR(65535), decision_fault VARCHAR(256),
  headers VARCHAR(65535), cookies VARCHAR(65535)
);

CREATE TEMP TABLE arrived AS SELECT * FROM events LIMIT 0;

COPY arrived
FROM 's3://<bucket>/events/site=shop/date=2026-11-01/'
IAM_ROLE 'arn:aws:iam::<account>:role/<role that may read the bucket>'
FORMAT AS PARQUET;

BEGIN;

DELETE FROM events WHERE "time" >= '2026-11-01' AND "time" < '2026-11-02';

INSERT INTO events
SELECT * FROM arrived
QUALIFY ROW_NUMBER() OVER (PARTITION BY ledger, event_id ORDER BY received_at, message_id) = 1;

COMMIT;

-- 3. Who may read: analysts no ids of people.

CREATE VIEW events_without_people AS
SELECT event_id, "type", "time", country, region, device, browser, os, bot, utm_source, utm_campaign, product_id, category, brand, price, quantity,
  currency, order_id, total, query, slot
FROM events;

CREATE ROLE analyst;

GRANT SELECT ON events_without_people TO ROLE analyst;

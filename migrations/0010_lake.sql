-- The current Parquet files of each hour of event time (hours since 1970): JSON, see workers/lake/partitions.ts.
CREATE TABLE lake_partitions (
  site TEXT NOT NULL,
  hour INTEGER NOT NULL,
  files TEXT NOT NULL,
  rows INTEGER NOT NULL,
  written_at INTEGER NOT NULL, -- erasures until then have been applied, ms since 1970
  PRIMARY KEY (site, hour)
) WITHOUT ROWID;

-- Raw objects that the Parquet files hold; both stay for the grace time.
CREATE TABLE lake_objects (
  site TEXT NOT NULL,
  key TEXT NOT NULL,
  etag TEXT NOT NULL,
  compacted_at INTEGER NOT NULL,
  PRIMARY KEY (site, key)
) WITHOUT ROWID;

-- Parquet files that are current no more, to be deleted after a grace time.
CREATE TABLE lake_garbage (
  site TEXT NOT NULL,
  key TEXT NOT NULL,
  since INTEGER NOT NULL,
  PRIMARY KEY (site, key)
) WITHOUT ROWID;

-- Number of the newest commit of a site's lake: two compactions at once cannot both write the next one.
CREATE TABLE lake_commits (
  site TEXT NOT NULL,
  number INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (site, number)
) WITHOUT ROWID;

-- Until when a site's lake needs no look: hours of arrival since 1970 that are compacted.
CREATE TABLE lake_progress (
  site TEXT PRIMARY KEY,
  hour INTEGER NOT NULL
) WITHOUT ROWID;

-- The lake as an Apache Iceberg table: the commit that is published, and its manifests (by month of event time), so that those of months without a change
-- stay as they are.
CREATE TABLE lake_tables (
  site TEXT PRIMARY KEY,
  uuid TEXT NOT NULL,
  commit_number INTEGER NOT NULL,
  manifests TEXT NOT NULL,
  -- Keys of what the table is made of, beside its data files, as JSON.
  parts TEXT NOT NULL,
  published_at INTEGER NOT NULL
);

-- What each batch counted, written with its counts: gzipped JSON, see core/reconciliation/journal.ts. Kept for two days.
CREATE TABLE journal (
  site TEXT NOT NULL,
  written_at INTEGER NOT NULL,
  id TEXT NOT NULL,
  events BLOB NOT NULL,
  PRIMARY KEY (site, written_at, id)
) WITHOUT ROWID;

-- What a raw object held when it was compacted, in the same form.
ALTER TABLE lake_objects ADD COLUMN events BLOB;

-- Events by type that a Parquet file holds, and what was wrong in it, as read back: JSON. A file never changes, so it is read once.
CREATE TABLE lake_recounts (
  site TEXT NOT NULL,
  key TEXT NOT NULL,
  etag TEXT NOT NULL,
  recount TEXT NOT NULL,
  PRIMARY KEY (site, key)
) WITHOUT ROWID;

CREATE TABLE reconciliations (
  site TEXT NOT NULL,
  at INTEGER NOT NULL,
  verdict TEXT NOT NULL,
  report TEXT NOT NULL, -- JSON
  PRIMARY KEY (site, at)
) WITHOUT ROWID;

-- Slots and rules of a site: each version that was published (JSON), never changed; and the draft that is being worked on, with the version
-- that it began from.
CREATE TABLE merchandising_versions (
  site TEXT NOT NULL,
  version INTEGER NOT NULL,
  document TEXT NOT NULL,
  published_at INTEGER NOT NULL,
  note TEXT,
  PRIMARY KEY (site, version)
) WITHOUT ROWID;
CREATE TABLE merchandising_drafts (
  site TEXT PRIMARY KEY,
  document TEXT NOT NULL,
  base INTEGER NOT NULL,
  updated_at INTEGER NOT NULL
) WITHOUT ROWID;

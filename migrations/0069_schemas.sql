-- Schemas of a site by their ids; equal ones are one.
CREATE TABLE schemas (
  site TEXT NOT NULL,
  id INTEGER NOT NULL,
  type TEXT NOT NULL,
  schema TEXT NOT NULL,
  refs TEXT NOT NULL, -- JSON array of { name, subject, version }
  hash TEXT NOT NULL, -- SHA-256 of type, schema and references, hex
  PRIMARY KEY (site, id)
);
CREATE UNIQUE INDEX schemas_by_hash ON schemas (site, hash);

-- The versions of a subject. What was deleted softly keeps its number.
CREATE TABLE schema_versions (
  site TEXT NOT NULL,
  subject TEXT NOT NULL,
  version INTEGER NOT NULL,
  id INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  deleted_at INTEGER,
  PRIMARY KEY (site, subject, version)
) WITHOUT ROWID;
CREATE INDEX schema_versions_by_id ON schema_versions (site, id);

-- What was decided for a subject; the empty subject is all of them. Null where nothing was.
CREATE TABLE schema_subjects (
  site TEXT NOT NULL,
  subject TEXT NOT NULL,
  compatibility TEXT,
  content_model TEXT,
  mode TEXT,
  door TEXT, -- JSON: how events of this type are checked when they come in
  PRIMARY KEY (site, subject)
) WITHOUT ROWID;

-- What a door that only watches would have refused, by day (days since 1970), version and place of the fault.
CREATE TABLE schema_watched (
  site TEXT NOT NULL,
  subject TEXT NOT NULL,
  day INTEGER NOT NULL,
  version INTEGER NOT NULL,
  path TEXT NOT NULL,
  events INTEGER NOT NULL,
  message TEXT NOT NULL, -- of one of them
  PRIMARY KEY (site, subject, day, version, path)
) WITHOUT ROWID;

-- By which version of its schema an event failed.
ALTER TABLE failed_events ADD COLUMN schema_version INTEGER;

CREATE TABLE sites (
  id TEXT PRIMARY KEY,
  name TEXT NOT NULL,
  origins TEXT NOT NULL -- JSON array of origins such as "https://shop.example"
) WITHOUT ROWID;

CREATE TABLE site_keys (
  hash TEXT PRIMARY KEY, -- SHA-256 of the key, hex
  site TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('write', 'secret')),
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Events by event-time hour (hours since 1970) and type.
CREATE TABLE rollups (
  site TEXT NOT NULL,
  hour INTEGER NOT NULL,
  type TEXT NOT NULL,
  events INTEGER NOT NULL,
  PRIMARY KEY (site, hour, type)
) WITHOUT ROWID;

-- Which messages the rollups already hold: one row a consumer batch and bucket of arrival time, with 8 bytes a message.
CREATE TABLE rollup_guard (
  site TEXT NOT NULL,
  bucket INTEGER NOT NULL,
  version INTEGER NOT NULL,
  messages BLOB NOT NULL,
  PRIMARY KEY (site, bucket, version)
) WITHOUT ROWID;

CREATE TABLE orders (
  site TEXT NOT NULL,
  order_id TEXT NOT NULL,
  time INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  anonymous_id TEXT NOT NULL,
  total REAL,
  currency TEXT,
  items TEXT NOT NULL, -- JSON array of item ids
  PRIMARY KEY (site, order_id)
) WITHOUT ROWID;

CREATE TABLE failed_events (
  site TEXT NOT NULL,
  id TEXT NOT NULL,
  time INTEGER NOT NULL, -- when it failed, ms since 1970
  reason TEXT NOT NULL,
  type TEXT,
  event_id TEXT,
  payload TEXT NOT NULL, -- R2 key, then "#" and the index in its array
  PRIMARY KEY (site, time, id)
) WITHOUT ROWID;

CREATE TABLE items (
  site TEXT NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  url TEXT NOT NULL,
  image TEXT,
  price REAL,
  currency TEXT,
  category TEXT,
  brand TEXT,
  available INTEGER NOT NULL DEFAULT 1,
  position INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  PRIMARY KEY (site, id)
) WITHOUT ROWID;
CREATE INDEX items_by_position ON items (site, available, position);

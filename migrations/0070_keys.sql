-- What a key may do (JSON array of scopes; empty: whatever its kind may), what people call it, and what became of it. Times in ms since 1970.
ALTER TABLE site_keys ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE site_keys ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE site_keys ADD COLUMN last_used_at INTEGER; -- to the hour
ALTER TABLE site_keys ADD COLUMN leaked_at INTEGER; -- since when it is known to stand where others read it
ALTER TABLE site_keys ADD COLUMN leaked_by TEXT; -- where it was seen: 'url' or 'page'
CREATE INDEX site_keys_by_site ON site_keys (site);

-- Who changed what of a site, its keys, settings and schemas.
CREATE TABLE audit_trail (
  site TEXT NOT NULL,
  at INTEGER NOT NULL, -- ms since 1970
  id TEXT NOT NULL,
  actor TEXT NOT NULL, -- 'key 1a2b3c4d', 'console 1a2b3c4d' or 'command'
  action TEXT NOT NULL, -- e.g. 'key.made'
  subject TEXT NOT NULL, -- what it was done to, e.g. the key's id
  detail TEXT NOT NULL, -- JSON
  PRIMARY KEY (site, at, id)
) WITHOUT ROWID;

-- Keys of who runs this Vitrine: they make sites, and see nothing of what is in them.
CREATE TABLE operator_keys (
  hash TEXT PRIMARY KEY, -- SHA-256 of the key, hex
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

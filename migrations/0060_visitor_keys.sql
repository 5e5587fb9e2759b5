-- What signs the tokens of a site's visitors; made when a site is first asked for.
CREATE TABLE visitor_keys (
  site TEXT PRIMARY KEY,
  key TEXT NOT NULL DEFAULT (lower(hex(randomblob(32))))
) WITHOUT ROWID;

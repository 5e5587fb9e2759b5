-- Product feeds that are fetched by the clock: where, how often, when next (ms since 1970); what the shop's server said of the version that was
-- taken last (`etag`, `modified`); and what came of the last run (JSON).
CREATE TABLE catalog_feeds (
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  every_minutes INTEGER NOT NULL,
  next_at INTEGER NOT NULL,
  etag TEXT,
  modified TEXT,
  outcome TEXT,
  PRIMARY KEY (site, name)
) WITHOUT ROWID;
CREATE INDEX catalog_feeds_due ON catalog_feeds (next_at);

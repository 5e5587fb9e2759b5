-- A site's session index: which generation of its shards serves and how many they are; the one that is being built (JSON, NULL when none),
-- what came of the last build (JSON), and generations that are to be dropped (JSON).
-- Sites from before have generation 0, whose shards are as many as INDEX_SHARDS says.
CREATE TABLE session_indexes (
  site TEXT PRIMARY KEY,
  generation INTEGER NOT NULL,
  shards INTEGER,
  build TEXT,
  outcome TEXT,
  retired TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID;
INSERT INTO session_indexes (site, generation, shards) SELECT id, 0, NULL FROM sites;

-- A site's last fit of its ranker: how far it is (JSON, NULL when none is under way), what came of the last one, and when that was begun.
CREATE TABLE ranker_fits (
  site TEXT PRIMARY KEY,
  begun_at INTEGER NOT NULL,
  state TEXT,
  outcome TEXT
) WITHOUT ROWID;

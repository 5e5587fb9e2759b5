-- When every ledger had been given the attribute's history from the lake, ms since 1970; until then only events since `since` count.
ALTER TABLE attributes ADD COLUMN filled_at INTEGER;

-- What is being filled in now: one run over the lake for all of a site's attributes that wait, see stores/config/history-fill.ts.
CREATE TABLE history_fills (
  site TEXT PRIMARY KEY,
  fill TEXT NOT NULL
) WITHOUT ROWID;

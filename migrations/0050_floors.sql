-- The version under which a link's owner, or a pair of users, changed last: what ledgers are told, however often the link is said again.
ALTER TABLE device_links ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE user_links ADD COLUMN version INTEGER NOT NULL DEFAULT 0;

-- The user that a failed event names beside its device; it is erased with either.
ALTER TABLE failed_events ADD COLUMN user_ledger TEXT;

-- Who runs a job now; nobody else does until then, ms since 1970.
CREATE TABLE job_leases (
  job TEXT PRIMARY KEY,
  holder TEXT NOT NULL,
  until INTEGER NOT NULL
) WITHOUT ROWID;

-- When a job last took a site's turn, ms since 1970: who waits longest comes first.
CREATE TABLE job_turns (
  job TEXT NOT NULL,
  site TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (job, site)
) WITHOUT ROWID;

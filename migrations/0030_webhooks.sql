-- Where a site is told of what happens, see docs/webhooks.md.
CREATE TABLE webhooks (
  site TEXT NOT NULL,
  id TEXT NOT NULL,
  url TEXT NOT NULL,
  types TEXT NOT NULL, -- JSON array
  purpose TEXT NOT NULL,
  secret TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  disabled TEXT, -- why
  PRIMARY KEY (site, id)
) WITHOUT ROWID;

-- What could not be delivered.
CREATE TABLE webhook_failures (
  site TEXT NOT NULL,
  id TEXT NOT NULL,
  webhook TEXT NOT NULL,
  at INTEGER NOT NULL,
  ledger TEXT NOT NULL,
  message TEXT NOT NULL, -- JSON
  PRIMARY KEY (site, id, webhook)
) WITHOUT ROWID;

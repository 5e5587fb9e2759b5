-- Whose a device is: the newest of its identify events and unlinks, by (time, event id); user_id NULL when taken out.
CREATE TABLE device_links (
  site TEXT NOT NULL,
  ledger TEXT NOT NULL,
  user_id TEXT,
  time INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (site, ledger)
) WITHOUT ROWID;
CREATE INDEX device_links_by_user ON device_links (site, user_id);

-- Which users are one person, each link in both directions: the newest alias or unlink of the two.
CREATE TABLE user_links (
  site TEXT NOT NULL,
  user_id TEXT NOT NULL,
  other_id TEXT NOT NULL,
  linked INTEGER NOT NULL,
  time INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (site, user_id, other_id)
) WITHOUT ROWID;

-- Counts the changes of a site's links: ledgers keep the assignment with the highest version.
CREATE TABLE link_versions (
  site TEXT PRIMARY KEY,
  version INTEGER NOT NULL
) WITHOUT ROWID;

-- Keys that vouch for links, as JWKs: the shop's server signs its proofs with them.
CREATE TABLE identity_keys (
  site TEXT NOT NULL,
  kid TEXT NOT NULL,
  jwk TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  PRIMARY KEY (site, kid)
) WITHOUT ROWID;

-- JSON, see workers/site/settings.ts.
ALTER TABLE sites ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';

-- An order's ledger: a device's (a/…), or a user's (u/…).
ALTER TABLE orders RENAME COLUMN anonymous_id TO ledger;
UPDATE orders SET ledger = 'a/' || ledger;

-- A user's home is the ledger of his own name.
DROP TABLE users;

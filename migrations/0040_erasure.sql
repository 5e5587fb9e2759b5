-- Whose ledger a failed event is: it is erased with him.
ALTER TABLE failed_events ADD COLUMN ledger TEXT;

-- Devices whose events named a user, with a proof or without: their data is erased with him.
CREATE TABLE user_mentions (
  site TEXT NOT NULL,
  user_id TEXT NOT NULL,
  ledger TEXT NOT NULL,
  PRIMARY KEY (site, user_id, ledger)
) WITHOUT ROWID;

-- Ledgers that were erased, by the SHA-256 of `<site>/<ledger>`: events that were under way then are found by it.
CREATE TABLE erased_ledgers (
  site TEXT NOT NULL,
  hash TEXT NOT NULL,
  erased_at INTEGER NOT NULL,
  PRIMARY KEY (site, hash)
) WITHOUT ROWID;

-- Erasures: `subject` (JSON) names whom until all is done, `progress` (JSON) counts what is gone, `receipt` is the signed proof.
CREATE TABLE erasures (
  site TEXT NOT NULL,
  id TEXT NOT NULL,
  requested_at INTEGER NOT NULL,
  finished_at INTEGER,
  subject TEXT,
  progress TEXT NOT NULL,
  receipt TEXT,
  PRIMARY KEY (site, id)
) WITHOUT ROWID;
CREATE INDEX erasures_open ON erasures (requested_at) WHERE finished_at IS NULL;

-- The keys that receipts are signed with, as private JWKs; the public halves are at /.well-known/jwks.json.
CREATE TABLE signing_keys (
  kid TEXT PRIMARY KEY,
  jwk TEXT NOT NULL,
  created_at INTEGER NOT NULL
) WITHOUT ROWID;

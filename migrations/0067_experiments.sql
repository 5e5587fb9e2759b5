-- Experiments of a site: what the operator said, who of its layer is in it (JSON, from the start on), and how far it is. `number` names it in tokens.
CREATE TABLE experiments (
  site TEXT NOT NULL,
  number INTEGER NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  version INTEGER NOT NULL,
  definition TEXT NOT NULL,
  layer TEXT NOT NULL,
  ranges TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  PRIMARY KEY (site, number)
) WITHOUT ROWID;
CREATE UNIQUE INDEX experiments_by_name ON experiments (site, name);
-- What was done to an experiment, one row a version, never changed.
CREATE TABLE experiment_history (
  site TEXT NOT NULL,
  number INTEGER NOT NULL,
  version INTEGER NOT NULL,
  at INTEGER NOT NULL,
  action TEXT NOT NULL,
  note TEXT,
  definition TEXT NOT NULL,
  PRIMARY KEY (site, number, version)
) WITHOUT ROWID;

-- What a site computes of each profile, see core/attributes/definition.ts; definition NULL: deleted, its version is never used again.
CREATE TABLE attributes (
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  since INTEGER NOT NULL, -- events before are not counted, ms since 1970
  definition TEXT,
  PRIMARY KEY (site, name)
) WITHOUT ROWID;

-- Conditions over attributes, traits and context, see core/segments/definition.ts.
CREATE TABLE segments (
  site TEXT NOT NULL,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  since INTEGER NOT NULL,
  definition TEXT,
  PRIMARY KEY (site, name)
) WITHOUT ROWID;

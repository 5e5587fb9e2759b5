-- How widely a site's slots have shown its catalogue, a row a day (UTC, days since 1970); see core/recommend/exposure.ts.
CREATE TABLE exposure_days (
  site TEXT NOT NULL,
  day INTEGER NOT NULL,
  exposure TEXT NOT NULL,
  PRIMARY KEY (site, day)
) WITHOUT ROWID;

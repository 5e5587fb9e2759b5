-- The device on which a user was last identified: the newest identify event by (time, event id).
CREATE TABLE users (
  site TEXT NOT NULL,
  user_id TEXT NOT NULL,
  anonymous_id TEXT NOT NULL,
  time INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  PRIMARY KEY (site, user_id)
) WITHOUT ROWID;

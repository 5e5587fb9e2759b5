-- The newest orders are read when it is counted what is bought together.
CREATE INDEX orders_by_time ON orders (site, time);

-- When that was counted last, ms since 1970 (0: as soon as may be), and over how many orders; see jobs/pair/.
CREATE TABLE order_pairs (
  site TEXT PRIMARY KEY,
  counted_at INTEGER NOT NULL,
  orders INTEGER NOT NULL
) WITHOUT ROWID;

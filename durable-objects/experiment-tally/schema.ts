/** The object's tables, as an append-only list; never edit an entry that has been deployed. */
export const TALLY_MIGRATIONS: readonly string[] = [
  // What was said of people and is not in their buckets yet: one row a call. Then the people of an experiment by the start of their hash, with
  // the sums over each bucket; and what the sums of an experiment were at a time.
  `CREATE TABLE words (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     content TEXT NOT NULL
   );
   CREATE TABLE buckets (
     number INTEGER NOT NULL,
     bucket INTEGER NOT NULL,
     people TEXT NOT NULL,
     sums TEXT NOT NULL,
     PRIMARY KEY (number, bucket)
   ) WITHOUT ROWID;
   CREATE TABLE looks (
     number INTEGER NOT NULL,
     at INTEGER NOT NULL,
     sums TEXT NOT NULL,
     PRIMARY KEY (number, at)
   ) WITHOUT ROWID;`,
];

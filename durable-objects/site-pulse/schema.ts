/** The object's tables, as an append-only list; never edit an entry that has been deployed. */
export const PULSE_MIGRATIONS: readonly string[] = [
  // What came in each minute (since 1970), kept an hour; then counts alone by hour; and what was told.
  `CREATE TABLE minutes (
     minute INTEGER PRIMARY KEY,
     tally TEXT NOT NULL
   );
   CREATE TABLE hours (
     hour INTEGER PRIMARY KEY,
     counts TEXT NOT NULL
   );
   CREATE TABLE alarms (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     told_at INTEGER NOT NULL,
     series TEXT NOT NULL,
     content TEXT NOT NULL,
     ended_at INTEGER
   );`,
  // Events whose numbers are unlike those of others, the newest.
  `CREATE TABLE odd_events (
     number INTEGER PRIMARY KEY AUTOINCREMENT,
     content TEXT NOT NULL
   );`,
];

/**
 * The object's tables, as an append-only list: entry N brings the database from version N to N+1. Never edit an entry that
 * has been deployed.
 */
export const PROFILE_MIGRATIONS: readonly string[] = [
  `CREATE TABLE profile (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     state TEXT NOT NULL,
     version INTEGER NOT NULL,
     retired TEXT NOT NULL,
     tail BLOB NOT NULL
   );`,
];

/** The sealed part of the dedup log, made with the first 256 events: most visitors never have as many, and a table costs two rows. */
export const SEGMENT_MIGRATIONS: readonly string[] = [
  `CREATE TABLE dedup_segments (
     segment INTEGER PRIMARY KEY,
     newest_seconds INTEGER NOT NULL,
     entries BLOB NOT NULL
   );`,
];

/**
 * The tables of links, made with the first one: most ledgers have none, and a table costs rows. To whom the ledger belongs; and, where
 * it is a person's home, what it holds of his ledgers (state NULL: taken out).
 */
export const LINK_MIGRATIONS: readonly string[] = [
  `CREATE TABLE assignment (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     person TEXT NOT NULL,
     version INTEGER NOT NULL,
     leaving TEXT NOT NULL
   );
   CREATE TABLE linked (
     ledger TEXT PRIMARY KEY,
     assignment INTEGER NOT NULL,
     number INTEGER NOT NULL,
     state TEXT
   ) WITHOUT ROWID;`,
];

/** What is left of a ledger that was erased: when, under which version of the site's links, and what becomes of later events. */
export const TOMBSTONE_MIGRATIONS: readonly string[] = [
  `CREATE TABLE tombstone (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     erased_at INTEGER NOT NULL,
     assignment INTEGER NOT NULL,
     later TEXT NOT NULL
   );`,
];

/** The key of the profile itself: one value, since a table of its own would cost each new visitor three rows more. */
export const PROFILE_KEY = 'profile';

/** The sealed part of the dedup log, made with the first 256 events: most visitors never have as many, and a table costs two rows. */
export const PAGE_MIGRATIONS: readonly string[] = [
  `CREATE TABLE dedup_pages (
     page INTEGER PRIMARY KEY,
     newest_seconds INTEGER NOT NULL,
     entries BLOB NOT NULL
   );`,
];

/**
 * The tables of links, made with the first one: most ledgers have none. To whom the ledger belongs; and, where it is a person's home, what
 * it holds of his ledgers (state NULL: taken out).
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
  // What attributes and segments need of the ledger.
  'ALTER TABLE linked ADD COLUMN shared TEXT;',
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

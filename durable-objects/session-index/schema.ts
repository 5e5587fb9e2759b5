/** The object's tables, as an append-only list; never edit an entry that has been deployed. */
export const INDEX_MIGRATIONS: readonly string[] = [
  `CREATE TABLE journal (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     sessions TEXT NOT NULL
   );
   CREATE TABLE checkpoint (
     chunk INTEGER PRIMARY KEY,
     content TEXT NOT NULL
   );`,
  // A journal is what reconciliation reads; these are changes that the checkpoint does not hold yet.
  'ALTER TABLE journal RENAME TO changes;',
];

/** The object's tables, as an append-only list; never edit an entry that has been deployed. */
export const CATALOG_MIGRATIONS: readonly string[] = [
  // `change` numbers the last change of a product; one that is gone stays a while as a row without content, so that who follows hears of it.
  `CREATE TABLE items (
     id TEXT PRIMARY KEY,
     change INTEGER NOT NULL,
     position INTEGER NOT NULL,
     source TEXT NOT NULL,
     shown INTEGER NOT NULL,
     content TEXT NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX items_by_change ON items (change);
   CREATE INDEX items_by_position ON items (position) WHERE shown = 1;
   CREATE INDEX items_gone ON items (change) WHERE content = '';`,
];

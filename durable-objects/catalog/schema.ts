/** The object's tables, as an append-only list; never edit an entry that has been deployed. */
export const CATALOG_MIGRATIONS: readonly string[] = [
  // `change` numbers the last change of a product; one that is gone stays a while as a row without content, so that who follows hears of it.
  // `found_by` finds products by the words of title, brand and category.
  `CREATE TABLE items (
     number INTEGER PRIMARY KEY,
     id TEXT NOT NULL UNIQUE,
     change INTEGER NOT NULL,
     position INTEGER NOT NULL,
     source TEXT NOT NULL,
     shown INTEGER NOT NULL,
     category TEXT,
     brand TEXT,
     content TEXT NOT NULL
   );
   CREATE INDEX items_by_change ON items (change);
   CREATE INDEX items_by_position ON items (position) WHERE shown = 1;
   CREATE INDEX items_by_category ON items (category, position) WHERE shown = 1 AND category IS NOT NULL;
   CREATE INDEX items_by_brand ON items (brand, position) WHERE shown = 1 AND brand IS NOT NULL;
   CREATE INDEX items_gone ON items (change) WHERE content = '';
   CREATE VIRTUAL TABLE found_by USING fts5 (words, content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2');`,
];

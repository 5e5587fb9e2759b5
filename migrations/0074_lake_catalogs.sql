-- The commit of a site's table that the Iceberg catalog is known to show, and why it shows no newer one; see stores/lake/iceberg-catalog.ts.
ALTER TABLE lake_tables ADD COLUMN catalog_commit INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lake_tables ADD COLUMN catalog_fault TEXT;

-- What changed since an isolate looked last, see workers/catalog/item-cache.ts.
CREATE INDEX items_by_change ON items (site, updated_at);

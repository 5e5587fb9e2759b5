-- Where in the event the fault lies, e.g. `properties.price`, so that failed events are grouped by their cause; and whether the shop's server said it.
ALTER TABLE failed_events ADD COLUMN path TEXT NOT NULL DEFAULT '';
ALTER TABLE failed_events ADD COLUMN by_server INTEGER NOT NULL DEFAULT 0;

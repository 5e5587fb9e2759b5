-- Whether the shop's server said it, by the secret key or a proof: a page's word never replaces it.
ALTER TABLE orders ADD COLUMN vouched INTEGER NOT NULL DEFAULT 0;

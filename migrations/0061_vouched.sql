-- Whether the shop's server said it, by the secret key or a proof: a page's word never replaces it.
ALTER TABLE orders ADD COLUMN vouched INTEGER NOT NULL DEFAULT 0;
-- The user that its event named: on a ledger of several users, only his orders are erased with him.
ALTER TABLE orders ADD COLUMN user_id TEXT;
-- Whether a proof or the secret key stands behind it: only then is the whole ledger his.
ALTER TABLE user_mentions ADD COLUMN vouched INTEGER NOT NULL DEFAULT 0;

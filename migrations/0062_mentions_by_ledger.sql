-- Which users a ledger has named: an erasure asks it of each ledger that named its user.
CREATE INDEX user_mentions_by_ledger ON user_mentions (site, ledger, user_id);

-- What administrators are told of people, and what becomes of people's tokens by others than themselves.

-- When somebody was seen in the browser last; sessions that ended tell it no more.
ALTER TABLE accounts ADD COLUMN last_seen_at INTEGER;
UPDATE accounts SET last_seen_at =
    (SELECT MAX(s.last_seen_at) FROM sessions AS s WHERE s.account_id = accounts.id);

-- Who revoked or suspended a token, if it was not its owner.
ALTER TABLE tokens ADD COLUMN stopped_by TEXT NOT NULL DEFAULT '';

CREATE INDEX one_time_links_by_account ON one_time_links (account_id);

-- The audit log is read from its newest row downwards, a page at a time. Each way to narrow it has an
-- index that gives its rows in that order; audit_by_account is from the first migration.
CREATE INDEX audit_by_account_act ON audit_log (account_id, act, seq);
CREATE INDEX audit_by_actor ON audit_log (actor_id, seq);
CREATE INDEX audit_by_actor_act ON audit_log (actor_id, act, seq);
CREATE INDEX audit_by_name ON audit_log (actor_name, seq);
CREATE INDEX audit_by_feed ON audit_log (feed_id, seq);
CREATE INDEX audit_by_feed_act ON audit_log (feed_id, act, seq);
CREATE INDEX audit_by_act ON audit_log (act, seq);
-- Days since 1970-01-01. The numbers of a day's rows are looked up here: clocks may go back, so no order
-- of moments is that of rows.
CREATE INDEX audit_by_day ON audit_log ((at / 86400000), seq);

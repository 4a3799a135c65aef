-- What people see and change of their own accounts.

-- Where a session was used from last; empty until it is used after this column came.
ALTER TABLE sessions ADD COLUMN last_address TEXT NOT NULL DEFAULT '';

-- A deleted account's row stays, without anything that tells whose it was but its name: what it published
-- and did still names it, and nobody else can take the name.
ALTER TABLE accounts ADD COLUMN deleted_at BIGINT;

-- Sessions that a provider began: by which linked identity, and what the provider calls the session
-- on its side, so that it can end it (OpenID Connect Back-Channel Logout 1.0).
ALTER TABLE sessions ADD COLUMN identity_id BLOB REFERENCES identities (id) ON DELETE SET NULL;
ALTER TABLE sessions ADD COLUMN provider_session TEXT;
CREATE INDEX sessions_by_identity ON sessions (identity_id);
CREATE INDEX sessions_by_provider_session ON sessions (provider_session);

-- Logout tokens that were obeyed; kept until they would be too old anyway, so that none counts twice.
CREATE TABLE logout_tokens (
    hash BLOB NOT NULL PRIMARY KEY,
    ends_at INTEGER NOT NULL
) STRICT;
CREATE INDEX logout_tokens_by_end ON logout_tokens (ends_at);

-- The whole model. Times are milliseconds since 1970-01-01T00:00:00Z, ids UUIDv7, flags 0 or 1.
-- Kept equal to ../postgres/0001_initial.sql by a test; once merged, a migration is never edited.

CREATE TABLE change_counter (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    value INTEGER NOT NULL
) STRICT;
INSERT INTO change_counter (id, value) VALUES (1, 0);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE accounts (
    id BLOB NOT NULL PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT,
    password_changed_at INTEGER,
    is_admin INTEGER NOT NULL,
    disabled_at INTEGER,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE identities (
    id BLOB NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    label TEXT NOT NULL,
    linked_at INTEGER NOT NULL,
    last_used_at INTEGER,
    UNIQUE (provider, issuer, subject)
) STRICT;
CREATE INDEX identities_by_account ON identities (account_id);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    secret_hash BLOB NOT NULL UNIQUE,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    confirmed_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    address TEXT NOT NULL,
    client TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Links that work once: set-up, choosing a first password, invitations, resets.
CREATE TABLE one_time_links (
    id BLOB NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    code_hash BLOB NOT NULL UNIQUE,
    account_id BLOB REFERENCES accounts (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    used_at INTEGER
) STRICT;

-- Failed passwords, by account and network or by network alone; never a lock, always a delay.
CREATE TABLE throttles (
    subject TEXT NOT NULL PRIMARY KEY,
    failures INTEGER NOT NULL,
    last_failed_at INTEGER NOT NULL
) STRICT;

-- Networks from which an account signed in lately: strangers' failures do not delay these.
CREATE TABLE known_networks (
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    network TEXT NOT NULL,
    last_succeeded_at INTEGER NOT NULL,
    PRIMARY KEY (account_id, network)
) STRICT;

CREATE TABLE feeds (
    id BLOB NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    is_public INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by BLOB NOT NULL REFERENCES accounts (id)
) STRICT;

CREATE TABLE feed_members (
    feed_id BLOB NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    added_at INTEGER NOT NULL,
    PRIMARY KEY (feed_id, account_id)
) STRICT;
CREATE INDEX feed_members_by_account ON feed_members (account_id);

-- Names of deleted feeds and accounts: given to nobody else unless an administrator releases them.
CREATE TABLE name_tombstones (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    owner_id BLOB NOT NULL,
    deleted_at INTEGER NOT NULL,
    released_at INTEGER,
    PRIMARY KEY (kind, name)
) STRICT;

CREATE TABLE tokens (
    id BLOB NOT NULL PRIMARY KEY,
    owner_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL,
    state_changed_at INTEGER NOT NULL,
    not_before INTEGER,
    expires_at INTEGER,
    life_ms INTEGER,
    is_pre_authenticated INTEGER NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    created_from TEXT NOT NULL,
    form_id BLOB UNIQUE,
    form_session_id BLOB,
    last_used_at INTEGER,
    last_used_from TEXT,
    last_used_client TEXT,
    last_used_feed_id BLOB
) STRICT;
CREATE INDEX tokens_by_owner ON tokens (owner_id);
CREATE UNIQUE INDEX tokens_one_primary ON tokens (owner_id) WHERE kind = 'primary';

-- A token has one secret, or two while an old one is being replaced. Rows of ended secrets stay,
-- so that whoever still uses one is told what became of it.
CREATE TABLE token_secrets (
    id BLOB NOT NULL PRIMARY KEY,
    token_id BLOB NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    generation INTEGER NOT NULL,
    hash BLOB NOT NULL UNIQUE,
    last4 TEXT NOT NULL,
    sealed BLOB,
    key_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    first_used_at INTEGER,
    stops_at INTEGER,
    stops_after_first_use_ms INTEGER,
    UNIQUE (token_id, generation)
) STRICT;

CREATE TABLE token_rules (
    id BLOB NOT NULL PRIMARY KEY,
    token_id BLOB NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    effect TEXT NOT NULL,
    actions INTEGER NOT NULL,
    is_all_feeds INTEGER NOT NULL,
    UNIQUE (token_id, position)
) STRICT;

CREATE TABLE token_rule_feeds (
    rule_id BLOB NOT NULL REFERENCES token_rules (id) ON DELETE CASCADE,
    feed_id BLOB NOT NULL,
    PRIMARY KEY (rule_id, feed_id)
) STRICT;

CREATE TABLE token_rule_patterns (
    rule_id BLOB NOT NULL REFERENCES token_rules (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    pattern TEXT NOT NULL,
    PRIMARY KEY (rule_id, position)
) STRICT;

CREATE TABLE token_networks (
    token_id BLOB NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    network TEXT NOT NULL,
    PRIMARY KEY (token_id, network)
) STRICT;

CREATE TABLE packages (
    id BLOB NOT NULL PRIMARY KEY,
    feed_id BLOB NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    ecosystem TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    confusable_key TEXT NOT NULL,
    revision INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (feed_id, ecosystem, name_key),
    UNIQUE (feed_id, ecosystem, confusable_key)
) STRICT;

-- Credentials are kept by kind and id, not by reference: a version outlives the token that brought it.
CREATE TABLE package_versions (
    id BLOB NOT NULL PRIMARY KEY,
    package_id BLOB NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
    version TEXT NOT NULL,
    version_key TEXT NOT NULL,
    manifest TEXT NOT NULL,
    manifest_short TEXT NOT NULL,
    readme TEXT NOT NULL,
    is_listed INTEGER NOT NULL,
    deprecation TEXT,
    size INTEGER NOT NULL,
    downloads INTEGER NOT NULL,
    published_at INTEGER NOT NULL,
    published_by BLOB NOT NULL,
    published_with TEXT NOT NULL,
    published_with_id BLOB,
    published_from TEXT NOT NULL,
    UNIQUE (package_id, version_key)
) STRICT;

CREATE TABLE package_files (
    version_id BLOB NOT NULL REFERENCES package_versions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    blob_hash BLOB NOT NULL,
    size INTEGER NOT NULL,
    sha1 BLOB NOT NULL,
    sha512 BLOB NOT NULL,
    PRIMARY KEY (version_id, name)
) STRICT;
CREATE INDEX package_files_by_blob ON package_files (blob_hash);

CREATE TABLE package_tags (
    package_id BLOB NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    version_id BLOB NOT NULL REFERENCES package_versions (id) ON DELETE CASCADE,
    PRIMARY KEY (package_id, tag)
) STRICT;

-- Refusals of holders of a real secret, merged by token, code and package within an hour.
CREATE TABLE denials (
    id TEXT NOT NULL PRIMARY KEY,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_id BLOB,
    token_last4 TEXT,
    code TEXT NOT NULL,
    action TEXT,
    feed TEXT NOT NULL,
    ecosystem TEXT,
    package TEXT,
    address TEXT NOT NULL,
    client TEXT NOT NULL,
    explanation TEXT NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    times INTEGER NOT NULL
) STRICT;
CREATE INDEX denials_by_account ON denials (account_id, last_at);
CREATE INDEX denials_by_age ON denials (last_at);

CREATE TABLE usage_ledger (
    id BLOB NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    account_id BLOB NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_id BLOB,
    secret_id BLOB,
    address TEXT NOT NULL,
    client TEXT NOT NULL,
    feed_id BLOB,
    ecosystem TEXT,
    package TEXT,
    action TEXT,
    result TEXT NOT NULL
) STRICT;
CREATE INDEX usage_by_token ON usage_ledger (token_id, at);
CREATE INDEX usage_by_age ON usage_ledger (at);

-- Append-only; each row's hash covers the row and the hash before it.
CREATE TABLE audit_log (
    seq INTEGER NOT NULL PRIMARY KEY,
    at INTEGER NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id BLOB,
    actor_name TEXT NOT NULL,
    account_id BLOB,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    feed_id BLOB,
    address TEXT NOT NULL,
    client TEXT NOT NULL,
    details TEXT NOT NULL,
    prev_hash BLOB NOT NULL,
    hash BLOB NOT NULL
) STRICT;
CREATE INDEX audit_by_account ON audit_log (account_id, seq);

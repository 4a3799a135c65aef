-- The whole model. Times are milliseconds since 1970-01-01T00:00:00Z, ids UUIDv7, flags BOOLEAN.
-- Kept equal to ../sqlite/0001_initial.sql by a test; once merged, a migration is never edited.

CREATE TABLE change_counter (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    value BIGINT NOT NULL
);
INSERT INTO change_counter (id, value) VALUES (1, 0);

CREATE TABLE settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE accounts (
    id UUID NOT NULL PRIMARY KEY,
    username TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    display_name TEXT NOT NULL,
    password_hash TEXT,
    password_changed_at BIGINT,
    is_admin BOOLEAN NOT NULL,
    disabled_at BIGINT,
    created_at BIGINT NOT NULL
);

CREATE TABLE identities (
    id UUID NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    provider TEXT NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    label TEXT NOT NULL,
    linked_at BIGINT NOT NULL,
    last_used_at BIGINT,
    UNIQUE (provider, issuer, subject)
);
CREATE INDEX identities_by_account ON identities (account_id);

CREATE TABLE sessions (
    id UUID NOT NULL PRIMARY KEY,
    secret_hash BYTEA NOT NULL UNIQUE,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    confirmed_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    address TEXT NOT NULL,
    client TEXT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

-- Links that work once: set-up, choosing a first password, invitations, resets.
CREATE TABLE one_time_links (
    id UUID NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    code_hash BYTEA NOT NULL UNIQUE,
    account_id UUID REFERENCES accounts (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    used_at BIGINT
);

-- Failed passwords, by account and network or by network alone; never a lock, always a delay.
CREATE TABLE throttles (
    subject TEXT NOT NULL PRIMARY KEY,
    failures BIGINT NOT NULL,
    last_failed_at BIGINT NOT NULL
);

-- Networks from which an account signed in lately: strangers' failures do not delay these.
CREATE TABLE known_networks (
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    network TEXT NOT NULL,
    last_succeeded_at BIGINT NOT NULL,
    PRIMARY KEY (account_id, network)
);

CREATE TABLE feeds (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    description TEXT NOT NULL,
    is_public BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    created_by UUID NOT NULL REFERENCES accounts (id)
);

CREATE TABLE feed_members (
    feed_id UUID NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (feed_id, account_id)
);
CREATE INDEX feed_members_by_account ON feed_members (account_id);

-- Names of deleted feeds and accounts: given to nobody else unless an administrator releases them.
CREATE TABLE name_tombstones (
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    owner_id UUID NOT NULL,
    deleted_at BIGINT NOT NULL,
    released_at BIGINT,
    PRIMARY KEY (kind, name)
);

CREATE TABLE tokens (
    id UUID NOT NULL PRIMARY KEY,
    owner_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    description TEXT NOT NULL,
    state TEXT NOT NULL,
    state_changed_at BIGINT NOT NULL,
    not_before BIGINT,
    expires_at BIGINT,
    life_ms BIGINT,
    is_pre_authenticated BOOLEAN NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT NOT NULL,
    created_from TEXT NOT NULL,
    form_id UUID UNIQUE,
    form_session_id UUID,
    last_used_at BIGINT,
    last_used_from TEXT,
    last_used_client TEXT,
    last_used_feed_id UUID
);
CREATE INDEX tokens_by_owner ON tokens (owner_id);
CREATE UNIQUE INDEX tokens_one_primary ON tokens (owner_id) WHERE kind = 'primary';

-- A token has one secret, or two while an old one is being replaced. Rows of ended secrets stay,
-- so that whoever still uses one is told what became of it.
CREATE TABLE token_secrets (
    id UUID NOT NULL PRIMARY KEY,
    token_id UUID NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    generation BIGINT NOT NULL,
    hash BYTEA NOT NULL UNIQUE,
    last4 TEXT NOT NULL,
    sealed BYTEA,
    key_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    first_used_at BIGINT,
    stops_at BIGINT,
    stops_after_first_use_ms BIGINT,
    UNIQUE (token_id, generation)
);

CREATE TABLE token_rules (
    id UUID NOT NULL PRIMARY KEY,
    token_id UUID NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    effect TEXT NOT NULL,
    actions BIGINT NOT NULL,
    is_all_feeds BOOLEAN NOT NULL,
    UNIQUE (token_id, position)
);

CREATE TABLE token_rule_feeds (
    rule_id UUID NOT NULL REFERENCES token_rules (id) ON DELETE CASCADE,
    feed_id UUID NOT NULL,
    PRIMARY KEY (rule_id, feed_id)
);

CREATE TABLE token_rule_patterns (
    rule_id UUID NOT NULL REFERENCES token_rules (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    pattern TEXT NOT NULL,
    PRIMARY KEY (rule_id, position)
);

CREATE TABLE token_networks (
    token_id UUID NOT NULL REFERENCES tokens (id) ON DELETE CASCADE,
    network TEXT NOT NULL,
    PRIMARY KEY (token_id, network)
);

CREATE TABLE packages (
    id UUID NOT NULL PRIMARY KEY,
    feed_id UUID NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    ecosystem TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    confusable_key TEXT NOT NULL,
    revision BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (feed_id, ecosystem, name_key),
    UNIQUE (feed_id, ecosystem, confusable_key)
);

-- Credentials are kept by kind and id, not by reference: a version outlives the token that brought it.
CREATE TABLE package_versions (
    id UUID NOT NULL PRIMARY KEY,
    package_id UUID NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
    version TEXT NOT NULL,
    version_key TEXT NOT NULL,
    manifest TEXT NOT NULL,
    manifest_short TEXT NOT NULL,
    readme TEXT NOT NULL,
    is_listed BOOLEAN NOT NULL,
    deprecation TEXT,
    size BIGINT NOT NULL,
    downloads BIGINT NOT NULL,
    published_at BIGINT NOT NULL,
    published_by UUID NOT NULL,
    published_with TEXT NOT NULL,
    published_with_id UUID,
    published_from TEXT NOT NULL,
    UNIQUE (package_id, version_key)
);

CREATE TABLE package_files (
    version_id UUID NOT NULL REFERENCES package_versions (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    blob_hash BYTEA NOT NULL,
    size BIGINT NOT NULL,
    sha1 BYTEA NOT NULL,
    sha512 BYTEA NOT NULL,
    PRIMARY KEY (version_id, name)
);
CREATE INDEX package_files_by_blob ON package_files (blob_hash);

CREATE TABLE package_tags (
    package_id UUID NOT NULL REFERENCES packages (id) ON DELETE CASCADE,
    tag TEXT NOT NULL,
    version_id UUID NOT NULL REFERENCES package_versions (id) ON DELETE CASCADE,
    PRIMARY KEY (package_id, tag)
);

-- Refusals of holders of a real secret, merged by token, code and package within an hour.
CREATE TABLE denials (
    id TEXT NOT NULL PRIMARY KEY,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_id UUID,
    token_last4 TEXT,
    code TEXT NOT NULL,
    action TEXT,
    feed TEXT NOT NULL,
    ecosystem TEXT,
    package TEXT,
    address TEXT NOT NULL,
    client TEXT NOT NULL,
    explanation TEXT NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL
);
CREATE INDEX denials_by_account ON denials (account_id, last_at);
CREATE INDEX denials_by_age ON denials (last_at);

CREATE TABLE usage_ledger (
    id UUID NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    account_id UUID NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    token_id UUID,
    secret_id UUID,
    address TEXT NOT NULL,
    client TEXT NOT NULL,
    feed_id UUID,
    ecosystem TEXT,
    package TEXT,
    action TEXT,
    result TEXT NOT NULL
);
CREATE INDEX usage_by_token ON usage_ledger (token_id, at);
CREATE INDEX usage_by_age ON usage_ledger (at);

-- Append-only; each row's hash covers the row and the hash before it.
CREATE TABLE audit_log (
    seq BIGINT NOT NULL PRIMARY KEY,
    at BIGINT NOT NULL,
    actor_kind TEXT NOT NULL,
    actor_id UUID,
    actor_name TEXT NOT NULL,
    account_id UUID,
    act TEXT NOT NULL,
    subject TEXT NOT NULL,
    feed_id UUID,
    address TEXT NOT NULL,
    client TEXT NOT NULL,
    details TEXT NOT NULL,
    prev_hash BYTEA NOT NULL,
    hash BYTEA NOT NULL
);
CREATE INDEX audit_by_account ON audit_log (account_id, seq);

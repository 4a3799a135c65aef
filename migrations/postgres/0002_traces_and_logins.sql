-- Signing in from a terminal, traces of use that pages read, and packages that can be searched and deleted.

-- Made by `npm login`, and ended by `npm logout`, which ends no other.
ALTER TABLE tokens ADD COLUMN is_login BOOLEAN NOT NULL DEFAULT FALSE;

-- When the token was changed last, for who had its form open meanwhile; 0 for never.
ALTER TABLE tokens ADD COLUMN changed_at BIGINT NOT NULL DEFAULT 0;

-- What the package says of itself in a line, by its newest version.
ALTER TABLE packages ADD COLUMN description TEXT NOT NULL DEFAULT '';

-- Sign-ins that a terminal began and a person approves in the browser. The two secrets are independent;
-- the token is made when it is fetched, so that its value is nowhere before.
CREATE TABLE web_logins (
    id UUID NOT NULL PRIMARY KEY,
    feed TEXT NOT NULL,
    login_hash BYTEA NOT NULL UNIQUE,
    done_hash BYTEA NOT NULL UNIQUE,
    address TEXT NOT NULL,
    network TEXT NOT NULL,
    client TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    account_id UUID REFERENCES accounts (id) ON DELETE CASCADE,
    choice TEXT NOT NULL
);
CREATE INDEX web_logins_by_end ON web_logins (ends_at);
CREATE INDEX web_logins_by_network ON web_logins (network, ends_at);

-- A version's number is never used twice, also after it was deleted.
CREATE TABLE deleted_versions (
    feed_id UUID NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    ecosystem TEXT NOT NULL,
    name_key TEXT NOT NULL,
    version_key TEXT NOT NULL,
    deleted_at BIGINT NOT NULL,
    deleted_by UUID NOT NULL,
    PRIMARY KEY (feed_id, ecosystem, name_key, version_key)
);

-- Which use of a form made a secret, so that sending it twice makes one; and in which session.
ALTER TABLE token_secrets ADD COLUMN form_id UUID;
ALTER TABLE token_secrets ADD COLUMN form_session_id UUID;
CREATE UNIQUE INDEX token_secrets_by_form ON token_secrets (form_id);

-- Requests of a token by day (days since 1970-01-01, UTC); written with the usage ledger, pruned by age.
CREATE TABLE token_days (
    token_id UUID NOT NULL,
    day BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    PRIMARY KEY (token_id, day)
);
CREATE INDEX token_days_by_day ON token_days (day);

-- Where a secret was used from, and by which client; written and pruned likewise.
CREATE TABLE token_sources (
    secret_id UUID NOT NULL,
    address TEXT NOT NULL,
    client TEXT NOT NULL,
    token_id UUID NOT NULL,
    first_at BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    times BIGINT NOT NULL,
    PRIMARY KEY (secret_id, address, client)
);
CREATE INDEX token_sources_by_token ON token_sources (token_id, last_at);
CREATE INDEX token_sources_by_age ON token_sources (last_at);

-- A deleted feed is out of reach at once; what it holds is removed bit by bit, and the row last.
ALTER TABLE feeds ADD COLUMN deleted_at BIGINT;

-- What lists say of packages is read from here alone: a version's row is as long as its README.
CREATE INDEX package_versions_in_lists ON package_versions (package_id, is_listed, downloads, size);
CREATE INDEX packages_by_change ON packages (feed_id, updated_at);
-- Looked for whenever a version goes.
CREATE INDEX package_tags_by_version ON package_tags (version_id);
-- A package's versions by age, a page of them at a time.
CREATE INDEX package_versions_by_age ON package_versions (package_id, published_at, id);

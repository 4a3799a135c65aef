-- Versions that arrive file by file, as Maven sends them.

-- Asked for by old clients; known where such clients are served.
ALTER TABLE package_files ADD COLUMN md5 BYTEA;
-- Which of a version's files stands for it: the one that weighs the most.
ALTER TABLE package_files ADD COLUMN weight BIGINT NOT NULL DEFAULT 0;
-- When it came and from whom; 0 and nobody for files that came with their version.
ALTER TABLE package_files ADD COLUMN added_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE package_files ADD COLUMN added_by UUID;
-- Whether a checksum that was sent after it has agreed with it.
ALTER TABLE package_files ADD COLUMN is_confirmed BOOLEAN NOT NULL DEFAULT FALSE;

-- Files that were taken back because a checksum disagreed, until they are sent again. A list of
-- versions that names one is refused, so that the client's upload fails.
CREATE TABLE withdrawn_files (
    feed_id UUID NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    ecosystem TEXT NOT NULL,
    name_key TEXT NOT NULL,
    version_key TEXT NOT NULL,
    name TEXT NOT NULL,
    withdrawn_at BIGINT NOT NULL,
    PRIMARY KEY (feed_id, ecosystem, name_key, version_key, name)
);

-- Lists that clients keep beside packages: of the versions of one, of the builds of a version, or of
-- what belongs to a group. The version is empty where none is meant.
CREATE TABLE package_documents (
    feed_id UUID NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    ecosystem TEXT NOT NULL,
    name_key TEXT NOT NULL,
    version_key TEXT NOT NULL,
    content TEXT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (feed_id, ecosystem, name_key, version_key)
);

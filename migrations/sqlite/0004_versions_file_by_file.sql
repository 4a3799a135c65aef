-- Versions that arrive file by file, as Maven sends them.

-- Asked for by old clients; known where such clients are served.
ALTER TABLE package_files ADD COLUMN md5 BLOB;
-- Which of a version's files stands for it: the one that weighs the most.
ALTER TABLE package_files ADD COLUMN weight INTEGER NOT NULL DEFAULT 0;
-- When it came and from whom; 0 and nobody for files that came with their version.
ALTER TABLE package_files ADD COLUMN added_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE package_files ADD COLUMN added_by BLOB;
-- Whether a checksum that was sent after it has agreed with it.
ALTER TABLE package_files ADD COLUMN is_confirmed INTEGER NOT NULL DEFAULT 0;

-- Files that were taken back because a checksum disagreed, until they are sent again. A list of
-- versions that names one is refused, so that the client's upload fails.
CREATE TABLE withdrawn_files (
    feed_id BLOB NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    ecosystem TEXT NOT NULL,
    name_key TEXT NOT NULL,
    version_key TEXT NOT NULL,
    name TEXT NOT NULL,
    withdrawn_at INTEGER NOT NULL,
    PRIMARY KEY (feed_id, ecosystem, name_key, version_key, name)
) STRICT;

-- Lists that clients keep beside packages: of the versions of one, of the builds of a version, or of
-- what belongs to a group. The version is empty where none is meant.
CREATE TABLE package_documents (
    feed_id BLOB NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    ecosystem TEXT NOT NULL,
    name_key TEXT NOT NULL,
    version_key TEXT NOT NULL,
    content TEXT NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (feed_id, ecosystem, name_key, version_key)
) STRICT;

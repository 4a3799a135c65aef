-- Files of a version beside its archive: symbols, an icon.
ALTER TABLE package_files ADD COLUMN is_extra INTEGER NOT NULL DEFAULT 0;

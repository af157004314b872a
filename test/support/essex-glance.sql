-- A Glance database of schema version 11, the last one whose ids are numbers (its migration 12 makes UUIDs of them).
-- @IMAGES@ stands for the folder of its file store.
CREATE TABLE migrate_version (repository_id VARCHAR(250) NOT NULL, repository_path TEXT, version INTEGER, PRIMARY KEY (repository_id));
INSERT INTO migrate_version VALUES ('Glance Migrations', 'glance/registry/db/migrate_repo', 11);
CREATE TABLE images (
  id INTEGER NOT NULL, name VARCHAR(255), size BIGINT, status VARCHAR(30) NOT NULL, is_public BOOLEAN NOT NULL, location TEXT,
  created_at DATETIME NOT NULL, updated_at DATETIME, deleted_at DATETIME, deleted BOOLEAN NOT NULL, disk_format VARCHAR(20),
  container_format VARCHAR(20), checksum VARCHAR(32), owner VARCHAR(255), min_disk INTEGER NOT NULL, min_ram INTEGER NOT NULL,
  PRIMARY KEY (id), CHECK (is_public IN (0, 1)), CHECK (deleted IN (0, 1))
);
INSERT INTO images VALUES (1, 'natty-kernel', 6, 'active', 1, 'file://@IMAGES@/1', '2011-07-01 10:00:00.123456', '2011-07-01 10:00:05', NULL, 0, 'aki', 'aki', '50484c19f1afdaf3841a0d821ed393d2', 'red', 0, 0);
INSERT INTO images VALUES (2, 'natty-ramdisk', 7, 'active', 1, 'file://@IMAGES@/2', '2011-07-01 10:01:00', '2011-07-01 10:01:05', NULL, 0, 'ari', 'ari', '5c5f44ab0550487fbce8a2874ebaab6a', 'red', 0, 0);
INSERT INTO images VALUES (3, 'natty', 7, 'active', 1, 'file://@IMAGES@/3', '2011-07-01 10:02:00', '2011-07-01 10:02:05', NULL, 0, 'ami', 'ami', '14754f13e5280c5d49d2ae536c2d57e2', 'red', 2, 256);
INSERT INTO images VALUES (4, 'for some', 4, 'active', 0, 'file://@IMAGES@/4', '2011-07-02 10:00:00', '2011-07-03 10:00:00', NULL, 0, 'raw', 'bare', '8d777f385d3dfec8815d20f7496026dc', 'red', 0, 0);
INSERT INTO images VALUES (5, 'for nobody else', NULL, 'queued', 0, NULL, '2011-07-02 11:00:00', NULL, NULL, 0, 'raw', 'bare', NULL, 'red', 0, 0);
INSERT INTO images VALUES (6, 'died', NULL, 'killed', 0, NULL, '2011-07-02 12:00:00', '2011-07-02 12:00:09', NULL, 0, 'raw', 'bare', NULL, 'red', 0, 0);
INSERT INTO images VALUES (7, 'under way', 5, 'saving', 0, NULL, '2011-07-02 13:00:00', '2011-07-02 13:00:01', NULL, 0, 'raw', 'bare', NULL, 'blue', 0, 0);
INSERT INTO images VALUES (8, 'gone', 4, 'deleted', 1, 'file://@IMAGES@/8', '2011-07-02 14:00:00', '2011-07-04 14:00:00', '2011-07-04 14:00:00', 1, 'raw', 'bare', '8d777f385d3dfec8815d20f7496026dc', 'red', 0, 0);
INSERT INTO images VALUES (9, 'lost its kernel', 5, 'active', 0, 'http://127.0.0.1:1/9', '2011-07-02 15:00:00', '2011-07-02 15:00:00', NULL, 0, 'ami', 'ami', NULL, NULL, 0, 0);
CREATE TABLE image_properties (
  id INTEGER NOT NULL, image_id INTEGER NOT NULL, name VARCHAR(255) NOT NULL, value TEXT, created_at DATETIME NOT NULL, updated_at DATETIME,
  deleted_at DATETIME, deleted BOOLEAN NOT NULL, PRIMARY KEY (id), CHECK (deleted IN (0, 1)), UNIQUE (image_id, name), FOREIGN KEY(image_id) REFERENCES images (id)
);
INSERT INTO image_properties VALUES (1, 3, 'kernel_id', '1', '2011-07-01 10:02:00', NULL, NULL, 0);
INSERT INTO image_properties VALUES (2, 3, 'ramdisk_id', '2', '2011-07-01 10:02:00', NULL, NULL, 0);
INSERT INTO image_properties VALUES (3, 3, 'distro', 'ubuntu', '2011-07-01 10:02:00', NULL, NULL, 0);
INSERT INTO image_properties VALUES (4, 3, 'version', '1', '2011-07-01 10:02:00', NULL, NULL, 0);
INSERT INTO image_properties VALUES (5, 3, 'taken back', 'x', '2011-07-01 10:02:00', NULL, '2011-07-01 10:03:00', 1);
INSERT INTO image_properties VALUES (6, 9, 'kernel_id', '99', '2011-07-01 10:02:00', NULL, NULL, 0);
INSERT INTO image_properties VALUES (7, 4, 'note', NULL, '2011-07-01 10:02:00', NULL, NULL, 0);
CREATE TABLE image_members (
  id INTEGER NOT NULL, image_id INTEGER NOT NULL, member VARCHAR(255) NOT NULL, can_share BOOLEAN NOT NULL, created_at DATETIME NOT NULL, updated_at DATETIME,
  deleted_at DATETIME, deleted BOOLEAN NOT NULL, PRIMARY KEY (id), UNIQUE (image_id, member), CHECK (can_share IN (0, 1)), CHECK (deleted IN (0, 1)), FOREIGN KEY(image_id) REFERENCES images (id)
);
INSERT INTO image_members VALUES (1, 4, 'blue', 1, '2011-07-03 10:00:00', NULL, NULL, 0);
INSERT INTO image_members VALUES (2, 4, 'green', 0, '2011-07-03 10:00:00', NULL, '2011-07-03 11:00:00', 1);

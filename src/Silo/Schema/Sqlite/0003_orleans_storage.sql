-- Grain state, for Microsoft.Orleans.Persistence.AdoNet. The provider reads its statements from OrleansQuery by key and binds parameters by name;
-- tables and statements are this project's own.
CREATE TABLE OrleansQuery
(
    QueryKey  TEXT NOT NULL PRIMARY KEY,
    QueryText TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- payload is the state as JSON in UTF-8 (CAST(payload AS TEXT) reads it), null when it was cleared.
-- version grows with every write and clear; a writer must name the one it has read.
CREATE TABLE orleans_storage
(
    grain_id_hash      INTEGER NOT NULL,
    grain_type_hash    INTEGER NOT NULL,
    grain_id_n0        INTEGER NOT NULL,
    grain_id_n1        INTEGER NOT NULL,
    service_id         TEXT    NOT NULL,
    grain_type         TEXT    NOT NULL,
    grain_id_extension TEXT    NOT NULL,
    version            INTEGER NOT NULL,
    modified_on        TEXT    NOT NULL,
    payload            BLOB,
    PRIMARY KEY (grain_id_hash, grain_type_hash, grain_id_n0, grain_id_n1, service_id, grain_type, grain_id_extension)
) STRICT;

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
SELECT payload AS PayloadBinary, version AS Version
FROM orleans_storage
WHERE grain_id_hash = @GrainIdHash AND grain_type_hash = @GrainTypeHash AND grain_id_n0 = @GrainIdN0 AND grain_id_n1 = @GrainIdN1
    AND service_id = @ServiceId AND grain_type = @GrainTypeString AND grain_id_extension = coalesce(@GrainIdExtensionString, '''')
'),
-- Adds a row only for a writer that has read none, and changes one only for a writer that has read its version: no row answers a writer that is behind.
-- The condition before the conflict clause keeps a row that was deleted since it was read from coming back.
('WriteToStorageKey', '
INSERT INTO orleans_storage
    (grain_id_hash, grain_type_hash, grain_id_n0, grain_id_n1, service_id, grain_type, grain_id_extension, version, modified_on, payload)
SELECT @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, @ServiceId, @GrainTypeString, coalesce(@GrainIdExtensionString, ''''), 1,
    strftime(''%Y-%m-%dT%H:%M:%fZ'', ''now''), @PayloadBinary
WHERE @GrainStateVersion IS NULL OR EXISTS
(
    SELECT 1
    FROM orleans_storage
    WHERE grain_id_hash = @GrainIdHash AND grain_type_hash = @GrainTypeHash AND grain_id_n0 = @GrainIdN0 AND grain_id_n1 = @GrainIdN1
        AND service_id = @ServiceId AND grain_type = @GrainTypeString AND grain_id_extension = coalesce(@GrainIdExtensionString, '''')
        AND version = @GrainStateVersion
)
ON CONFLICT DO UPDATE SET payload = excluded.payload, modified_on = excluded.modified_on, version = version + 1 WHERE version = @GrainStateVersion
RETURNING version AS NewGrainStateVersion
'),
-- The row stays, with its version, so that a writer from before the clear is still recognised as behind.
('ClearStorageKey', '
UPDATE orleans_storage
SET payload = NULL, modified_on = strftime(''%Y-%m-%dT%H:%M:%fZ'', ''now''), version = version + 1
WHERE grain_id_hash = @GrainIdHash AND grain_type_hash = @GrainTypeHash AND grain_id_n0 = @GrainIdN0 AND grain_id_n1 = @GrainIdN1
    AND service_id = @ServiceId AND grain_type = @GrainTypeString AND grain_id_extension = coalesce(@GrainIdExtensionString, '''')
    AND version = @GrainStateVersion
RETURNING version AS NewGrainStateVersion
'),
('DeleteStorageKey', '
DELETE FROM orleans_storage
WHERE grain_id_hash = @GrainIdHash AND grain_type_hash = @GrainTypeHash AND grain_id_n0 = @GrainIdN0 AND grain_id_n1 = @GrainIdN1
    AND service_id = @ServiceId AND grain_type = @GrainTypeString AND grain_id_extension = coalesce(@GrainIdExtensionString, '''')
    AND version = @GrainStateVersion
RETURNING version + 1 AS NewGrainStateVersion
');

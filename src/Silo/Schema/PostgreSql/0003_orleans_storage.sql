-- Grain state, for Microsoft.Orleans.Persistence.AdoNet. The provider reads its statements from OrleansQuery by key and binds parameters by name;
-- tables and statements are this project's own.
CREATE TABLE OrleansQuery
(
    QueryKey  text COLLATE "C" NOT NULL PRIMARY KEY,
    QueryText text             NOT NULL
);

-- The key is unique, so two first writes of one state can not both succeed. Hashes come first because they tell most rows apart.
-- Room is left on each page, so that an update stays on it and touches no index.
CREATE TABLE orleans_storage
(
    grain_id_hash      integer          NOT NULL,
    grain_type_hash    integer          NOT NULL,
    grain_id_n0        bigint           NOT NULL,
    grain_id_n1        bigint           NOT NULL,
    modified_on        timestamptz      NOT NULL,
    version            integer          NOT NULL,
    service_id         text COLLATE "C" NOT NULL,
    grain_type         text COLLATE "C" NOT NULL,
    grain_id_extension text COLLATE "C" NOT NULL,
    payload            bytea,
    CONSTRAINT orleans_storage_key PRIMARY KEY (grain_id_hash, grain_type_hash, grain_id_n0, grain_id_n1, service_id, grain_type, grain_id_extension)
) WITH (fillfactor = 70);

COMMENT ON COLUMN orleans_storage.payload IS 'The state as JSON in UTF-8; null when it was cleared. convert_from(payload, ''UTF8'') reads it.';
COMMENT ON COLUMN orleans_storage.version IS 'Grows with every write and clear; a writer must name the one it has read.';

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('ReadFromStorageKey', '
SELECT payload AS PayloadBinary, version AS Version
FROM orleans_storage
WHERE grain_id_hash = @GrainIdHash AND grain_type_hash = @GrainTypeHash AND grain_id_n0 = @GrainIdN0 AND grain_id_n1 = @GrainIdN1
    AND service_id = @ServiceId AND grain_type = @GrainTypeString AND grain_id_extension = coalesce(@GrainIdExtensionString, '''')
'),
-- Adds a row only for a writer that has read none, and changes one only for a writer that has read its version: no row answers a writer that is behind.
-- An upsert would bring a row back that was deleted since it was read.
('WriteToStorageKey', '
WITH changed AS
(
    UPDATE orleans_storage
    SET payload = @PayloadBinary, modified_on = now(), version = version + 1
    WHERE grain_id_hash = @GrainIdHash AND grain_type_hash = @GrainTypeHash AND grain_id_n0 = @GrainIdN0 AND grain_id_n1 = @GrainIdN1
        AND service_id = @ServiceId AND grain_type = @GrainTypeString AND grain_id_extension = coalesce(@GrainIdExtensionString, '''')
        AND version = @GrainStateVersion
    RETURNING version
),
added AS
(
    INSERT INTO orleans_storage
        (grain_id_hash, grain_type_hash, grain_id_n0, grain_id_n1, modified_on, version, service_id, grain_type, grain_id_extension, payload)
    SELECT @GrainIdHash, @GrainTypeHash, @GrainIdN0, @GrainIdN1, now(), 1, @ServiceId, @GrainTypeString, coalesce(@GrainIdExtensionString, ''''), @PayloadBinary
    WHERE @GrainStateVersion IS NULL
    ON CONFLICT DO NOTHING
    RETURNING version
)
SELECT version AS NewGrainStateVersion FROM changed
UNION ALL
SELECT version FROM added
'),
-- The row stays, with its version, so that a writer from before the clear is still recognised as behind.
('ClearStorageKey', '
UPDATE orleans_storage
SET payload = NULL, modified_on = now(), version = version + 1
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

-- Which silos there are, for Microsoft.Orleans.Clustering.AdoNet. Tables and statements are this project's own.
-- Every change of a member also counts the table's version up, and only from the version that the writer has read: both or neither.
CREATE TABLE orleans_membership_version
(
    deployment_id text COLLATE "C" NOT NULL PRIMARY KEY,
    changed_at    timestamptz      NOT NULL DEFAULT now(),
    version       integer          NOT NULL DEFAULT 0
);

CREATE TABLE orleans_membership
(
    deployment_id  text COLLATE "C" NOT NULL REFERENCES orleans_membership_version,
    address        text COLLATE "C" NOT NULL,
    port           integer          NOT NULL,
    generation     integer          NOT NULL,
    silo_name      text             NOT NULL,
    host_name      text             NOT NULL,
    status         integer          NOT NULL,
    proxy_port     integer          NOT NULL,
    suspect_times  text,
    start_time     timestamptz      NOT NULL,
    i_am_alive_time timestamptz     NOT NULL,
    PRIMARY KEY (deployment_id, address, port, generation)
);

COMMENT ON COLUMN orleans_membership.status IS '1 created, 2 joining, 3 active, 4 shutting down, 5 stopping, 6 dead.';

INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', '
WITH added AS (INSERT INTO orleans_membership_version (deployment_id) VALUES (@DeploymentId) ON CONFLICT DO NOTHING RETURNING 1)
SELECT count(*)::integer FROM added
'),
('InsertMembershipKey', '
WITH counted AS
(
    UPDATE orleans_membership_version
    SET version = version + 1, changed_at = now()
    WHERE deployment_id = @DeploymentId AND version = @Version AND NOT EXISTS
    (
        SELECT 1
        FROM orleans_membership
        WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
    )
    RETURNING deployment_id
),
added AS
(
    INSERT INTO orleans_membership (deployment_id, address, port, generation, silo_name, host_name, status, proxy_port, start_time, i_am_alive_time)
    SELECT deployment_id, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime
    FROM counted
    RETURNING 1
)
SELECT count(*)::integer FROM added
'),
('UpdateMembershipKey', '
WITH counted AS
(
    UPDATE orleans_membership_version
    SET version = version + 1, changed_at = now()
    WHERE deployment_id = @DeploymentId AND version = @Version AND EXISTS
    (
        SELECT 1
        FROM orleans_membership
        WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
    )
    RETURNING deployment_id
),
changed AS
(
    UPDATE orleans_membership AS member
    SET status = @Status, suspect_times = @SuspectTimes, i_am_alive_time = @IAmAliveTime
    FROM counted
    WHERE member.deployment_id = counted.deployment_id AND address = @Address AND port = @Port AND generation = @Generation
    RETURNING 1
)
SELECT count(*)::integer FROM changed
'),
('UpdateIAmAlivetimeKey', '
UPDATE orleans_membership
SET i_am_alive_time = @IAmAliveTime
WHERE deployment_id = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation
'),
-- The version is answered even when there is no member.
('MembershipReadRowKey', '
SELECT version.deployment_id AS DeploymentId, address AS Address, port AS Port, generation AS Generation, silo_name AS SiloName, host_name AS HostName,
    status AS Status, proxy_port AS ProxyPort, suspect_times AS SuspectTimes, start_time AS StartTime, i_am_alive_time AS IAmAliveTime, version.version AS Version
FROM orleans_membership_version AS version
LEFT JOIN orleans_membership AS member
    ON member.deployment_id = version.deployment_id AND address = @Address AND port = @Port AND generation = @Generation
WHERE version.deployment_id = @DeploymentId
'),
('MembershipReadAllKey', '
SELECT version.deployment_id AS DeploymentId, address AS Address, port AS Port, generation AS Generation, silo_name AS SiloName, host_name AS HostName,
    status AS Status, proxy_port AS ProxyPort, suspect_times AS SuspectTimes, start_time AS StartTime, i_am_alive_time AS IAmAliveTime, version.version AS Version
FROM orleans_membership_version AS version
LEFT JOIN orleans_membership AS member ON member.deployment_id = version.deployment_id
WHERE version.deployment_id = @DeploymentId
'),
('GatewaysQueryKey', '
SELECT address AS Address, proxy_port AS ProxyPort, generation AS Generation
FROM orleans_membership
WHERE deployment_id = @DeploymentId AND status = @Status AND proxy_port > 0
'),
('CleanupDefunctSiloEntriesKey', '
DELETE FROM orleans_membership
WHERE deployment_id = @DeploymentId AND i_am_alive_time < @IAmAliveTime AND status <> 3
'),
('DeleteMembershipTableEntriesKey', '
DELETE FROM orleans_membership WHERE deployment_id = @DeploymentId;
DELETE FROM orleans_membership_version WHERE deployment_id = @DeploymentId
');

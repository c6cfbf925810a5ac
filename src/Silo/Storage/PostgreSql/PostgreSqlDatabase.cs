using System.Data.Common;
using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Messaging;
using Connect.Silo.Schema;
using DbUp;
using DbUp.Engine;
using Npgsql;

namespace Connect.Silo.Storage.PostgreSql;

/// <summary>The database of a cluster: PostgreSQL 15 or later, shared by any number of silos.</summary>
internal sealed class PostgreSqlDatabase : CreditsDatabase
{
    /// <summary>Longest that one statement, or getting a connection, may take, in seconds: a lost server is an error within this time, not a hang.</summary>
    public const int TimeoutSeconds = 10;

    /// <summary>Any number, the same in every process: silos that start together upgrade the schema one after the other.</summary>
    private const long UpgradeLock = 0x636f6e6e656374;

    /// <summary>Longest wait for another silo's upgrade, in seconds.</summary>
    private const int UpgradeTimeoutSeconds = 300;

    private readonly NpgsqlDataSource dataSource;
    private readonly string connectionString;

    /// <summary>Connects to nothing yet.</summary>
    public PostgreSqlDatabase(string connectionString)
    {
        this.connectionString = connectionString;
        dataSource = NpgsqlDataSource.Create(Complete(connectionString));
        Ledger = new PostgreSqlLedgerStore(dataSource);
        OptOuts = new PostgreSqlOptOutStore(dataSource);
    }

    /// <inheritdoc/>
    public override string Invariant => "Npgsql";

    /// <inheritdoc/>
    public override DbDataSource DataSource => dataSource;

    /// <inheritdoc/>
    public override ILedgerStore Ledger { get; }

    /// <inheritdoc/>
    public override IOptOutStore OptOuts { get; }

    /// <inheritdoc/>
    public override void Start(ILoggerFactory logging)
    {
        try
        {
            using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(connectionString)
            {
                Pooling = false,
                CommandTimeout = UpgradeTimeoutSeconds,
                ApplicationName = "connect-credits schema",
            }.ToString());
            connection.Open();
            using var command = new NpgsqlCommand("SELECT pg_advisory_lock($1)", connection) { Parameters = { new() { Value = UpgradeLock } } };
            // The lock goes with the connection.
            command.ExecuteNonQuery();
            Upgrade(logging);
        }
        catch (NpgsqlException error)
        {
            throw new InvalidOperationException(
                $"PostgreSQL can not be used: {error.Message} Check that Credits:PostgreSql names a database that exists, runs and lets this user create tables.", error);
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => dataSource.Dispose();

    /// <inheritdoc/>
    protected override UpgradeEngine Schema(ILoggerFactory? logging) =>
        SchemaScripts.Engine(DeployChanges.To.PostgresqlDatabase(connectionString).JournalToPostgresqlTable("public", "schema_versions"), "PostgreSql", logging);

    /// <summary>Adds the settings of this program to a connection string; what it says itself stands.</summary>
    private static NpgsqlConnectionStringBuilder Complete(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString);
        var given = new DbConnectionStringBuilder { ConnectionString = connectionString };
        SetUnlessGiven("Timeout", TimeoutSeconds);
        SetUnlessGiven("Command Timeout", TimeoutSeconds);
        // Everything that repeats is prepared by itself: the largest single gain for Orleans' statements, which are sent as text.
        SetUnlessGiven("Max Auto Prepare", 20);
        SetUnlessGiven("Auto Prepare Min Usages", 2);
        // No session state is ever set, so a connection needs no cleaning: seven statements before each append otherwise.
        SetUnlessGiven("No Reset On Close", true);
        SetUnlessGiven("Application Name", "connect-credits");
        return settings;

        void SetUnlessGiven(string keyword, object value)
        {
            if (!given.ContainsKey(keyword))
                settings[keyword] = value;
        }
    }
}

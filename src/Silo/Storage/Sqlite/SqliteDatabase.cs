using System.Data.Common;
using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Messaging;
using Connect.Silo.Schema;
using DbUp;
using DbUp.Engine;
using Microsoft.Data.Sqlite;

namespace Connect.Silo.Storage.Sqlite;

/// <summary>
/// The embedded database: one file in write-ahead-log mode, durable at every commit, for one process. SQLite has one writer at a time, so the writers of this
/// process queue for <see cref="WriterGate"/> rather than poll the file's lock, which costs hundreds of milliseconds at the tail.
/// </summary>
internal sealed class SqliteDatabase : CreditsDatabase
{
    /// <summary>Longest wait for whoever else holds the file's lock (a backup, a console), in seconds; then SQLITE_BUSY.</summary>
    public const int BusyTimeoutSeconds = 10;

    private readonly string folder;
    private readonly SqliteLedgerStore ledger;
    private FileStream? processLock;

    /// <summary>Opens nothing yet. The database is <c>credits.db</c> in the folder.</summary>
    public SqliteDatabase(string folder)
    {
        this.folder = Path.GetFullPath(folder);
        ConnectionString = new SqliteConnectionStringBuilder { DataSource = Path.Combine(this.folder, "credits.db"), DefaultTimeout = BusyTimeoutSeconds }.ToString();
        ledger = new SqliteLedgerStore(this);
        Writer = new SqliteGroupWriter(this);
        DataSource = new GroupedSqliteDataSource(this, Writer);
        OptOuts = new SqliteOptOutStore(this);
    }

    /// <summary>For those that open connections themselves.</summary>
    public string ConnectionString { get; }

    /// <summary>Held by whoever may be writing.</summary>
    public SemaphoreSlim WriterGate { get; } = new(1, 1);

    /// <summary>Runs single statements that write, in groups.</summary>
    public SqliteGroupWriter Writer { get; }

    /// <inheritdoc/>
    /// <remarks>Orleans knows no other name for SQLite; it loads Microsoft.Data.Sqlite for it.</remarks>
    public override string Invariant => "System.Data.SQLite";

    /// <inheritdoc/>
    public override DbDataSource DataSource { get; }

    /// <inheritdoc/>
    public override ILedgerStore Ledger => ledger;

    /// <inheritdoc/>
    public override IOptOutStore OptOuts { get; }

    /// <inheritdoc/>
    public override void Start(ILoggerFactory logging)
    {
        try
        {
            Directory.CreateDirectory(folder);
            // Two processes on one file would be two silos that do not know of each other. The system lets the lock go when the process ends, however it ends.
            processLock = new FileStream(Path.Combine(folder, "credits.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException(
                $"The data folder {folder} can not be used: {error.Message} Another process may be using it; set Credits:DataDirectory to another folder, or stop that one.",
                error);
        }

        using (OpenWriter())
            Upgrade(logging);
    }

    /// <summary>Opens a connection on which every commit is durable, outside the pool, for the ledger.</summary>
    public SqliteConnection OpenWriter()
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(ConnectionString) { Pooling = false }.ToString());
        try
        {
            connection.Open();
            MakeDurable(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Opens a connection that only reads.</summary>
    public SqliteConnection OpenReader()
    {
        var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        return connection;
    }

    /// <summary>Sets what SQLite keeps per connection. The journal mode is kept in the file; setting it again costs nothing.</summary>
    public static void MakeDurable(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;";
        command.ExecuteNonQuery();
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        Writer.Dispose();
        ledger.Dispose();
        using (var connection = new SqliteConnection(ConnectionString))
            SqliteConnection.ClearPool(connection);
        processLock?.Dispose();
        WriterGate.Dispose();
    }

    /// <inheritdoc/>
    protected override UpgradeEngine Schema(ILoggerFactory? logging) =>
        SchemaScripts.Engine(DeployChanges.To.SqliteDatabase(ConnectionString).JournalToSqliteTable("schema_versions"), "Sqlite", logging);
}

using Microsoft.Data.Sqlite;

namespace Connect.Sandbox.Stripe;

/// <summary>
/// The sandbox's state on disk. One unit of work at a time, each in one transaction that is on disk before its answer goes out,
/// so that a killed process keeps every charge together with the idempotency key that made it.
/// </summary>
internal sealed class StripeStore : IDisposable
{
    private const string Schema = """
        PRAGMA journal_mode = WAL;
        PRAGMA synchronous = FULL;
        CREATE TABLE IF NOT EXISTS objects (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            kind TEXT NOT NULL,
            created INTEGER NOT NULL,
            owner TEXT,
            parent TEXT,
            body TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS objects_by_kind ON objects (kind, position);
        CREATE INDEX IF NOT EXISTS objects_by_owner ON objects (owner, kind, position);
        CREATE INDEX IF NOT EXISTS objects_by_parent ON objects (parent, kind, position);
        CREATE TABLE IF NOT EXISTS idempotency (
            key TEXT PRIMARY KEY,
            path TEXT NOT NULL,
            parameters TEXT NOT NULL,
            status INTEGER NOT NULL,
            body TEXT NOT NULL,
            request_id TEXT NOT NULL,
            created INTEGER NOT NULL);
        CREATE INDEX IF NOT EXISTS idempotency_by_created ON idempotency (created);
        CREATE TABLE IF NOT EXISTS later (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            due INTEGER NOT NULL,
            kind TEXT NOT NULL,
            subject TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS later_by_due ON later (due);
        CREATE TABLE IF NOT EXISTS deliveries (
            position INTEGER PRIMARY KEY AUTOINCREMENT,
            event TEXT NOT NULL,
            endpoint TEXT NOT NULL,
            due INTEGER NOT NULL,
            state TEXT NOT NULL,
            newest_first INTEGER NOT NULL,
            attempts TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS deliveries_by_due ON deliveries (due) WHERE state = 'Pending';
        CREATE INDEX IF NOT EXISTS deliveries_by_event ON deliveries (event);
        """;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lazy<SqliteConnection> _connection;

    /// <summary>Opens nothing yet: the file is made by the first unit of work.</summary>
    /// <param name="path">The database file.</param>
    public StripeStore(string path) => _connection = new Lazy<SqliteConnection>(() => Open(path));

    /// <summary>Runs <paramref name="work"/> alone, and commits what it wrote; an exception undoes all of it.</summary>
    public async Task<T> RunAsync<T>(Func<StripeUnit, T> work)
    {
        await _turn.WaitAsync();
        try
        {
            using var transaction = _connection.Value.BeginTransaction(deferred: false);
            var result = work(new StripeUnit(transaction));
            transaction.Commit();
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        if (_connection.IsValueCreated)
            _connection.Value.Dispose();
        _turn.Dispose();
    }

    private static SqliteConnection Open(string path)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder)
            Directory.CreateDirectory(folder);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = Schema;
        command.ExecuteNonQuery();
        return connection;
    }
}

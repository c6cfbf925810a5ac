using Connect.Grains.Accounts.Ledger;
using Connect.Silo.Storage.PostgreSql;
using Connect.Silo.Tests.Hosting;
using Connect.Testing;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Connect.Silo.Tests.Storage;

public sealed class PostgreSqlLedgerStoreTests() : LedgerStoreTests(Store.PostgreSql)
{
    [Fact]
    public async Task A_server_that_is_gone_is_an_error_at_once_and_appends_work_when_it_is_back()
    {
        using var server = PostgresServer.Start();
        using var database = Start(server.CreateDatabase());
        await database.Ledger.Append([new("a", [Entry(1, "one")])], default);
        server.Crash();
        var error = await Record.ExceptionAsync(() => database.Ledger.Append([new("a", [Entry(2, "two")])], default).WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.IsAssignableFrom<NpgsqlException>(error);
        server.Restart();
        await database.Ledger.Append([new("a", [Entry(2, "two")])], default);
        Assert.Equal(2, (await database.Ledger.Read("a", 0, 10, default)).Length);
    }

    [Fact]
    public async Task A_connection_that_the_server_ended_is_an_error_other_than_a_conflict_and_the_next_append_works()
    {
        await Append("a", Entry(1, "one"));
        await using (var kill = ((NpgsqlDataSource)Database.DataSource).CreateCommand(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"))
            await kill.ExecuteNonQueryAsync();
        var error = await Record.ExceptionAsync(async () =>
        {
            // Of the pool's connections at least one is dead; each is used once.
            await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Append($"b{i}", Entry(1, "one"))));
        });
        Assert.IsNotType<LedgerConflictException>(error);
        await Append("a", Entry(2, "two"));
        Assert.Equal(["one", "two"], await Operations("a"));
    }

    [Fact]
    public async Task A_row_that_another_session_keeps_locked_is_an_error_within_the_timeout()
    {
        await using var other = await ((NpgsqlDataSource)Database.DataSource).OpenConnectionAsync();
        await using var begin = new NpgsqlCommand("BEGIN; LOCK TABLE ledger IN SHARE MODE", other);
        await begin.ExecuteNonQueryAsync();
        var error = await Record.ExceptionAsync(() => Append("a", Entry(1, "one")).WaitAsync(TimeSpan.FromSeconds(PostgreSqlDatabase.TimeoutSeconds + 10)));
        Assert.IsAssignableFrom<NpgsqlException>(error);
    }

    [Fact]
    public async Task Silos_that_start_at_once_on_an_empty_database_make_one_schema()
    {
        var connectionString = PostgresServer.Shared.CreateDatabase();
        var databases = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Start(connectionString))));
        Assert.All(databases, database => Assert.True(database.SchemaIsCurrent()));
        foreach (var database in databases)
            database.Dispose();
    }

    [Fact]
    public void A_database_that_does_not_exist_is_refused_with_what_to_check()
    {
        var error = Assert.Throws<InvalidOperationException>(() => Start(PostgresServer.Shared.ConnectionString("absent")));
        Assert.Contains("Credits:PostgreSql", error.Message, StringComparison.Ordinal);
    }

    private static PostgreSqlDatabase Start(string connectionString)
    {
        var database = new PostgreSqlDatabase(connectionString);
        database.Start(NullLoggerFactory.Instance);
        return database;
    }
}

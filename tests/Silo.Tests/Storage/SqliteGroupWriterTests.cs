using System.Data.Common;
using Connect.Silo.Storage.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connect.Silo.Tests.Storage;

public sealed class SqliteGroupWriterTests : IDisposable
{
    private const int ConstraintPrimaryKey = 1555;

    private readonly string folder = Directory.CreateTempSubdirectory("credits-test-").FullName;
    private readonly SqliteDatabase database;

    public SqliteGroupWriterTests()
    {
        database = new SqliteDatabase(folder);
        database.Start(NullLoggerFactory.Instance);
    }

    public void Dispose()
    {
        database.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private async Task<T> Ask<T>(string sql, Func<DbCommand, Task<T>> ask)
    {
        await using var command = database.DataSource.CreateCommand(sql);
        return await ask(command);
    }

    private Task<int> Write(string key, string text) => Ask("INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES (@key, @text)", command =>
    {
        foreach (var (name, value) in new[] { ("@key", key), ("@text", text) })
        {
            var parameter = command.CreateParameter();
            (parameter.ParameterName, parameter.Value) = (name, value);
            command.Parameters.Add(parameter);
        }

        return command.ExecuteNonQueryAsync();
    });

    private Task<object?> Scalar(string sql) => Ask(sql, command => command.ExecuteScalarAsync());

    [Fact]
    public async Task Statements_that_wait_together_are_one_transaction_and_each_has_its_own_answer()
    {
        await Write("before", "text");
        using var other = database.OpenReader();
        var versionBefore = DataVersion(other);
        await database.WriterGate.WaitAsync();
        var writes = Enumerable.Range(0, 100).Select(number => Write($"key-{number}", $"text-{number}")).ToArray();
        var returning = Scalar("UPDATE OrleansQuery SET QueryText = 'changed' WHERE QueryKey = 'before' RETURNING QueryText");
        Assert.False(returning.IsCompleted);
        database.WriterGate.Release();
        Assert.All(await Task.WhenAll(writes), affected => Assert.Equal(1, affected));
        Assert.Equal("changed", await returning);
        Assert.Equal("text-57", await Scalar("SELECT QueryText FROM OrleansQuery WHERE QueryKey = 'key-57'"));
        // Another connection sees one change of the file for each transaction.
        Assert.Equal(versionBefore + 1, DataVersion(other));
    }

    [Fact]
    public async Task A_statement_that_fails_fails_alone()
    {
        await database.WriterGate.WaitAsync();
        var first = Write("one", "1");
        var twice = Write("one", "2");
        var nonsense = Ask("UPDATE no_such_table SET a = 1", command => command.ExecuteNonQueryAsync());
        var last = Write("two", "2");
        database.WriterGate.Release();
        Assert.Equal((1, 1), (await first, await last));
        Assert.Equal(ConstraintPrimaryKey, (await Assert.ThrowsAsync<SqliteException>(() => twice)).SqliteExtendedErrorCode);
        await Assert.ThrowsAsync<SqliteException>(() => nonsense);
        Assert.Equal(2L, await Scalar("SELECT count(*) FROM OrleansQuery WHERE QueryKey IN ('one', 'two') AND QueryText IN ('1', '2')"));
    }

    [Fact]
    public async Task When_the_transaction_is_taken_back_no_statement_of_it_is_answered_as_done()
    {
        await database.WriterGate.WaitAsync();
        var first = Write("one", "1");
        var broken = Ask("INSERT OR ROLLBACK INTO OrleansQuery (QueryKey, QueryText) VALUES ('one', '2')", command => command.ExecuteNonQueryAsync());
        var last = Write("two", "2");
        database.WriterGate.Release();
        await Assert.ThrowsAsync<SqliteException>(() => broken);
        await Assert.ThrowsAsync<SqliteException>(() => first);
        await Assert.ThrowsAsync<SqliteException>(() => last);
        Assert.Equal(0L, await Scalar("SELECT count(*) FROM OrleansQuery WHERE QueryKey IN ('one', 'two')"));
        Assert.Equal(1, await Write("two", "2"));
    }

    [Fact]
    public async Task While_another_program_keeps_the_file_locked_reading_goes_on_and_all_writes_fail_within_the_timeout()
    {
        using (var other = new SqliteConnection($"Data Source={Path.Combine(folder, "credits.db")};Pooling=false"))
        {
            other.Open();
            using var begin = other.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
            var writes = Enumerable.Range(0, 3).Select(number => Write($"key-{number}", "text")).ToArray();
            Assert.Equal(0L, await Scalar("SELECT count(*) FROM OrleansQuery WHERE QueryText = 'text'"));
            foreach (var write in writes)
                Assert.Equal(5, (await Assert.ThrowsAsync<SqliteException>(() => write.WaitAsync(TimeSpan.FromSeconds(SqliteDatabase.BusyTimeoutSeconds + 20)))).SqliteErrorCode);
        }

        Assert.Equal(1, await Write("key-0", "text"));
    }

    private static long DataVersion(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA data_version";
        return (long)command.ExecuteScalar()!;
    }
}

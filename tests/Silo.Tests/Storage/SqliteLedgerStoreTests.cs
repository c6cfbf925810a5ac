using System.Data.Common;
using Connect.Silo.Storage.Sqlite;
using Connect.Silo.Tests.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connect.Silo.Tests.Storage;

public sealed class SqliteLedgerStoreTests() : LedgerStoreTests(Store.Sqlite)
{
    [Fact]
    public async Task A_file_that_another_program_keeps_locked_is_an_error_within_the_timeout_and_the_next_append_works()
    {
        await Append("a", Entry(1, "one"));
        using (var other = new SqliteConnection($"Data Source={Path.Combine(Folder, "data", "credits.db")};Pooling=false"))
        {
            other.Open();
            using var begin = other.CreateCommand();
            begin.CommandText = "BEGIN IMMEDIATE";
            begin.ExecuteNonQuery();
            var append = Append("a", Entry(2, "two"));
            var error = await Assert.ThrowsAsync<SqliteException>(() => append.WaitAsync(TimeSpan.FromSeconds(SqliteDatabase.BusyTimeoutSeconds + 10)));
            Assert.Equal(5, error.SqliteErrorCode);
        }

        await Append("a", Entry(2, "two"));
        Assert.Equal(["one", "two"], await Operations("a"));
    }

    [Fact]
    public void A_second_process_on_the_same_folder_is_refused_with_what_to_do()
    {
        using var second = new SqliteDatabase(Path.Combine(Folder, "data"));
        var error = Assert.Throws<InvalidOperationException>(() => second.Start(NullLoggerFactory.Instance));
        Assert.Contains("Credits:DataDirectory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_commit_is_durable()
    {
        using var writer = ((SqliteDatabase)Database).OpenWriter();
        Assert.Equal(("wal", 2L), (Pragma(writer, "journal_mode"), Pragma(writer, "synchronous")));
        // Not a reading statement, so it runs where those of Orleans' providers write.
        await using var orleans = await Database.DataSource.OpenConnectionAsync();
        Assert.Equal(("wal", 2L), (Pragma(orleans, "journal_mode"), Pragma(orleans, "synchronous")));
    }

    private static object? Pragma(DbConnection connection, string name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = $"PRAGMA {name}";
        return command.ExecuteScalar();
    }
}

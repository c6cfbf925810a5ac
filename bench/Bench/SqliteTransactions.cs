using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Connect.Bench;

/// <summary>The yardstick of the embedded shape: one connection that makes one small durable transaction after the other (write-ahead log, a flush to disk at each commit), as a plain program would.</summary>
public static class SqliteTransactions
{
    /// <summary>Runs it for a while on a file of its own; transactions per second.</summary>
    public static double Run(TimeSpan duration)
    {
        var folder = Directory.CreateTempSubdirectory("credits-bench-");
        try
        {
            using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder.FullName, "yardstick.db"), Pooling = false }.ToString());
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE entry (id INTEGER PRIMARY KEY, account TEXT NOT NULL, credits INTEGER NOT NULL) STRICT";
            command.ExecuteNonQuery();
            command.CommandText = "INSERT INTO entry (account, credits) VALUES ('yardstick', -1)";
            var watch = Stopwatch.StartNew();
            var transactions = 0L;
            for (; watch.Elapsed < duration; transactions++)
                command.ExecuteNonQuery();
            return transactions / watch.Elapsed.TotalSeconds;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

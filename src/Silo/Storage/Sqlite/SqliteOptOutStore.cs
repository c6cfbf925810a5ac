using System.Collections.Immutable;
using System.Text.Json;
using Connect.Grains.Messaging;
using Connect.Messaging;
using Microsoft.Data.Sqlite;

namespace Connect.Silo.Storage.Sqlite;

/// <summary>Opt-outs in the embedded database: every call is one statement. Those that write share transactions with others; readers have their own connections.</summary>
internal sealed class SqliteOptOutStore(SqliteDatabase database) : IOptOutStore
{
    /// <inheritdoc/>
    public Task Add(string list, IReadOnlyCollection<ulong> numbers, DateTimeOffset at, OptOutSource source, string actor, CancellationToken cancellationToken) => Write(
        "INSERT INTO opt_outs (account, number, at, source, actor) SELECT @list, value, @at, @source, @actor FROM json_each(@numbers) WHERE true ON CONFLICT DO NOTHING",
        cancellationToken,
        ("@list", list), ("@numbers", Json(numbers)), ("@at", at.ToUnixTimeMilliseconds()), ("@source", OptOutText.Source(source)), ("@actor", actor));

    /// <inheritdoc/>
    public Task Remove(string list, IReadOnlyCollection<ulong> numbers, CancellationToken cancellationToken) => Write(
        "DELETE FROM opt_outs WHERE account = @list AND number IN (SELECT value FROM json_each(@numbers))", cancellationToken, ("@list", list), ("@numbers", Json(numbers)));

    /// <inheritdoc/>
    public Task<ImmutableArray<ulong>> Which(string list, IReadOnlyCollection<ulong> numbers, CancellationToken cancellationToken) => Query(
        $"SELECT DISTINCT number FROM opt_outs WHERE account IN (@list, '{IOptOutsGrain.Everybody}') AND number IN (SELECT value FROM json_each(@numbers)) ORDER BY number",
        row => (ulong)row.GetInt64(0),
        ("@list", list), ("@numbers", Json(numbers)));

    /// <inheritdoc/>
    public Task<ImmutableArray<OptOutView>> Read(string list, ulong after, int limit, CancellationToken cancellationToken) => Query(
        "SELECT number, at, source, actor FROM opt_outs WHERE account = @list AND number > @after ORDER BY number LIMIT @limit",
        OptOut,
        ("@list", list), ("@after", Number(after)), ("@limit", limit));

    /// <inheritdoc/>
    public async Task<long> Count(string list, CancellationToken cancellationToken) =>
        (await Query("SELECT count(*) FROM opt_outs WHERE account = @list", row => row.GetInt64(0), ("@list", list)).ConfigureAwait(false))[0];

    private static OptOutView OptOut(SqliteDataReader row) => new()
    {
        Number = (ulong)row.GetInt64(0),
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(1)),
        Source = OptOutText.ParseSource(row.GetString(2)),
        Actor = row.GetString(3),
    };

    // No number has more than 15 digits; a cursor that a caller made up may.
    private static long Number(ulong number) => (long)Math.Min(number, long.MaxValue);

    private static string Json(IReadOnlyCollection<ulong> numbers) => JsonSerializer.Serialize(numbers.Select(Number));

    private async Task Write(string sql, CancellationToken cancellationToken, params (string Name, object Value)[] values) =>
        await database.Writer.Run(sql, values.Select(value => new SqliteParameter(value.Name, value.Value))).WaitAsync(cancellationToken).ConfigureAwait(false);

    // SQLite blocks its thread while the disk works; that must not be a thread that grains run on.
    private Task<ImmutableArray<T>> Query<T>(string sql, Func<SqliteDataReader, T> map, params (string Name, object Value)[] values) => Task.Run(() =>
    {
        using var connection = database.OpenReader();
        using var command = Command(connection, sql, values);
        using var reader = command.ExecuteReader();
        var rows = ImmutableArray.CreateBuilder<T>();
        while (reader.Read())
            rows.Add(map(reader));
        return rows.ToImmutable();
    });

    private static SqliteCommand Command(SqliteConnection connection, string sql, (string Name, object Value)[] values)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        return command;
    }
}

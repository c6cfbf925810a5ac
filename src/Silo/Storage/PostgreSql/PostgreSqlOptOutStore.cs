using System.Collections.Immutable;
using Connect.Grains.Messaging;
using Connect.Messaging;
using Npgsql;

namespace Connect.Silo.Storage.PostgreSql;

/// <summary>Opt-outs in PostgreSQL: every call is one statement.</summary>
internal sealed class PostgreSqlOptOutStore(NpgsqlDataSource dataSource) : IOptOutStore
{
    /// <inheritdoc/>
    public async Task Add(string list, IReadOnlyCollection<ulong> numbers, DateTimeOffset at, OptOutSource source, string actor, CancellationToken cancellationToken)
    {
        // In order, so that two that add the same numbers can not wait for each other.
        await using var command = Command(
            "INSERT INTO opt_outs (account, number, at, source, actor) SELECT $1, number, $3, $4, $5 FROM (SELECT DISTINCT unnest($2) AS number ORDER BY 1) AS given ON CONFLICT DO NOTHING",
            list, numbers);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = at.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = OptOutText.Source(source) });
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = actor });
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task Remove(string list, IReadOnlyCollection<ulong> numbers, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "WITH locked AS MATERIALIZED (SELECT number FROM opt_outs WHERE account = $1 AND number = ANY ($2) ORDER BY number FOR UPDATE) "
            + "DELETE FROM opt_outs WHERE account = $1 AND number IN (SELECT number FROM locked)",
            list, numbers);
        await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<ulong>> Which(string list, IReadOnlyCollection<ulong> numbers, CancellationToken cancellationToken)
    {
        await using var command = Command($"SELECT DISTINCT number FROM opt_outs WHERE account IN ($1, '{IOptOutsGrain.Everybody}') AND number = ANY ($2) ORDER BY number", list, numbers);
        return await Read(command, reader => (ulong)reader.GetInt64(0), cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<OptOutView>> Read(string list, ulong after, int limit, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT number, at, source, actor FROM opt_outs WHERE account = $1 AND number > $2 ORDER BY number LIMIT $3");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = list });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = Number(after) });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await Read(command, OptOut, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<long> Count(string list, CancellationToken cancellationToken)
    {
        await using var command = dataSource.CreateCommand("SELECT count(*) FROM opt_outs WHERE account = $1");
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = list });
        return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    private static OptOutView OptOut(NpgsqlDataReader row) => new()
    {
        Number = (ulong)row.GetInt64(0),
        At = new DateTimeOffset(row.GetDateTime(1)),
        Source = OptOutText.ParseSource(row.GetString(2)),
        Actor = row.GetString(3),
    };

    private static async Task<ImmutableArray<T>> Read<T>(NpgsqlCommand command, Func<NpgsqlDataReader, T> map, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var rows = ImmutableArray.CreateBuilder<T>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            rows.Add(map(reader));
        return rows.ToImmutable();
    }

    // No number has more than 15 digits; a cursor that a caller made up may.
    private static long Number(ulong number) => (long)Math.Min(number, long.MaxValue);

    private NpgsqlCommand Command(string sql, string list, IReadOnlyCollection<ulong> numbers)
    {
        var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = list });
        command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. numbers.Select(Number)] });
        return command;
    }
}

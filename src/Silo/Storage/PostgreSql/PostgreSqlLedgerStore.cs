using System.Collections.Concurrent;
using System.Collections.Immutable;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Accounts.Ledger;
using Npgsql;
using NpgsqlTypes;

namespace Connect.Silo.Storage.PostgreSql;

/// <summary>
/// Ledgers in PostgreSQL. A whole group of appends is one statement in one round trip, and so one transaction; the data source prepares what repeats.
/// </summary>
internal sealed class PostgreSqlLedgerStore(NpgsqlDataSource dataSource) : ILedgerStore
{
    // As the two indexes on bought grants have it, or they are not used.
    private const string Bought = "kind = 'grant' AND detail ->> 'purchase_id' IS NOT NULL";

    private const string BoughtColumns = "account_id, sequence, detail ->> 'purchase_id', credits, coalesce((detail ->> 'paid')::bigint, 0), at";

    private const string Columns =
        "sequence, credits, balance_after, at, fingerprint, reverses, accepted_recipients, operation_id, kind, draws, reference, actor, detail";

    private readonly ConcurrentBag<InsertBuffer> idle = [];

    /// <inheritdoc/>
    public async Task Append(IReadOnlyList<LedgerAppend> appends, CancellationToken cancellationToken)
    {
        if (!idle.TryTake(out var insert))
            insert = new InsertBuffer();
        insert.Fill(appends);
        if (insert.Rows == 0)
        {
            idle.Add(insert);
            return;
        }

        try
        {
            await using var connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
            insert.Command.Connection = connection;
            await insert.Command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (PostgresException conflict) when (conflict.SqlState == PostgresErrorCodes.UniqueViolation)
        {
            throw new LedgerConflictException(conflict.ConstraintName == "ledger_operation" ? LedgerConflict.OperationId : LedgerConflict.Sequence, conflict);
        }

        // Only what ended well is used again: after an error the state of the command is not worth knowing.
        insert.Command.Connection = null;
        idle.Add(insert);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<LedgerEntry>> Read(string accountId, long afterSequence, int limit, CancellationToken cancellationToken)
    {
        await using var command = Command($"SELECT {Columns} FROM ledger WHERE account_id = $1 AND sequence > $2 ORDER BY sequence LIMIT $3", accountId);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = afterSequence });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var entries = ImmutableArray.CreateBuilder<LedgerEntry>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            entries.Add(Entry(reader));
        return entries.ToImmutable();
    }

    /// <inheritdoc/>
    public async Task<LedgerEntry?> Find(string accountId, string operationId, CancellationToken cancellationToken)
    {
        await using var command = Command($"SELECT {Columns} FROM ledger WHERE account_id = $1 AND operation_id = $2", accountId);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = operationId });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        return await reader.ReadAsync(cancellationToken).ConfigureAwait(false) ? Entry(reader) : null;
    }

    /// <inheritdoc/>
    public async Task<long> SumReversed(string accountId, long debitSequence, CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT coalesce(sum(credits), 0)::bigint FROM ledger WHERE account_id = $1 AND reverses = $2", accountId);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = debitSequence });
        return (long)(await command.ExecuteScalarAsync(cancellationToken).ConfigureAwait(false))!;
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<BoughtGrant>> ReadBought(DateTimeOffset since, BoughtGrant? after, int limit, CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"SELECT {BoughtColumns} FROM ledger WHERE {Bought} AND (at, account_id, sequence) > ($2, $1, $3) AND at >= $4 ORDER BY at, account_id, sequence LIMIT $5",
            after?.AccountId ?? "");
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = (after?.At ?? DateTimeOffset.UnixEpoch).UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = after?.Sequence ?? 0 });
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = since.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await ReadBought(command, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<BoughtGrant>> ReadBought(string accountId, long beforeSequence, int limit, CancellationToken cancellationToken)
    {
        await using var command = Command(
            $"SELECT {BoughtColumns} FROM ledger WHERE {Bought} AND account_id = $1 AND sequence < $2 ORDER BY sequence DESC LIMIT $3", accountId);
        command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = beforeSequence });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await ReadBought(command, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<string>> ListTopUps(DateTimeOffset since, string afterAccountId, int limit, CancellationToken cancellationToken)
    {
        await using var command = Command(
            "SELECT DISTINCT account_id FROM ledger WHERE kind = 'top_up_started' AND account_id > $1 AND at >= $2 ORDER BY account_id LIMIT $3", afterAccountId);
        command.Parameters.Add(new NpgsqlParameter<DateTime> { TypedValue = since.UtcDateTime });
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await ReadAccounts(command, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async Task<ImmutableArray<string>> ListAccounts(string afterAccountId, int limit, CancellationToken cancellationToken)
    {
        await using var command = Command("SELECT account_id FROM ledger WHERE sequence = 1 AND account_id > $1 ORDER BY account_id LIMIT $2", afterAccountId);
        command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = limit });
        return await ReadAccounts(command, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<ImmutableArray<string>> ReadAccounts(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var accounts = ImmutableArray.CreateBuilder<string>();
        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            accounts.Add(reader.GetString(0));
        return accounts.ToImmutable();
    }

    private static async Task<ImmutableArray<BoughtGrant>> ReadBought(NpgsqlCommand command, CancellationToken cancellationToken)
    {
        await using var row = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
        var grants = ImmutableArray.CreateBuilder<BoughtGrant>();
        while (await row.ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            grants.Add(new()
            {
                AccountId = row.GetString(0),
                Sequence = row.GetInt64(1),
                PurchaseId = row.GetString(2),
                Credits = row.GetInt64(3),
                Paid = row.GetInt64(4),
                At = new DateTimeOffset(row.GetDateTime(5)),
            });
        }

        return grants.ToImmutable();
    }

    private NpgsqlCommand Command(string sql, string accountId)
    {
        var command = dataSource.CreateCommand(sql);
        command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = accountId });
        return command;
    }

    private static LedgerEntry Entry(NpgsqlDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        Credits = row.GetInt64(1),
        BalanceAfter = row.GetInt64(2),
        At = new DateTimeOffset(row.GetDateTime(3)),
        Fingerprint = row.GetInt64(4),
        Reverses = row.IsDBNull(5) ? 0 : row.GetInt64(5),
        AcceptedRecipients = row.IsDBNull(6) ? 0 : row.GetInt32(6),
        OperationId = row.GetString(7),
        Kind = LedgerText.ParseKind(row.GetString(8)),
        Draws = LedgerText.ParseDraws(row.GetString(9)),
        Reference = row.GetString(10),
        Actor = row.GetString(11),
        Detail = LedgerText.ParseDetail(row.IsDBNull(12) ? null : row.GetString(12)),
    };

    /// <summary>One insert with a list for each column; kept and filled again, so that a hot account allocates little.</summary>
    private sealed class InsertBuffer
    {
        private readonly List<string> accountIds = [];
        private readonly List<long> sequences = [];
        private readonly List<string> operationIds = [];
        private readonly List<string> kinds = [];
        private readonly List<long> credits = [];
        private readonly List<long> balances = [];
        private readonly List<DateTime> instants = [];
        private readonly List<string> references = [];
        private readonly List<string> actors = [];
        private readonly List<string> draws = [];
        private readonly List<long> fingerprints = [];
        private readonly List<int> acceptedRecipients = [];
        private readonly List<long> reverses = [];
        private readonly List<string?> details = [];

        public InsertBuffer()
        {
            Command = new NpgsqlCommand(
                """
                INSERT INTO ledger (account_id, sequence, operation_id, kind, credits, balance_after, at, reference, actor, draws, fingerprint,
                    accepted_recipients, reverses, detail)
                SELECT account_id, sequence, operation_id, kind, credits, balance_after, at, reference, actor, draws, fingerprint,
                    nullif(accepted_recipients, 0), nullif(reverses, 0), detail::jsonb
                FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) AS entry (account_id, sequence, operation_id, kind, credits,
                    balance_after, at, reference, actor, draws, fingerprint, accepted_recipients, reverses, detail)
                """);
            Add(accountIds, NpgsqlDbType.Text);
            Add(sequences, NpgsqlDbType.Bigint);
            Add(operationIds, NpgsqlDbType.Text);
            Add(kinds, NpgsqlDbType.Text);
            Add(credits, NpgsqlDbType.Bigint);
            Add(balances, NpgsqlDbType.Bigint);
            Add(instants, NpgsqlDbType.TimestampTz);
            Add(references, NpgsqlDbType.Text);
            Add(actors, NpgsqlDbType.Text);
            Add(draws, NpgsqlDbType.Text);
            Add(fingerprints, NpgsqlDbType.Bigint);
            Add(acceptedRecipients, NpgsqlDbType.Integer);
            Add(reverses, NpgsqlDbType.Bigint);
            Add(details, NpgsqlDbType.Text);
        }

        public NpgsqlCommand Command { get; }

        public int Rows => sequences.Count;

        public void Fill(IReadOnlyList<LedgerAppend> appends)
        {
            Clear();
            foreach (var append in appends)
                foreach (var entry in append.Entries)
                    Add(append.AccountId, entry);
        }

        private void Add(string accountId, LedgerEntry entry)
        {
            accountIds.Add(accountId);
            sequences.Add(entry.Sequence);
            operationIds.Add(entry.OperationId);
            kinds.Add(LedgerText.Kind(entry.Kind));
            credits.Add(entry.Credits);
            balances.Add(entry.BalanceAfter);
            instants.Add(entry.At.UtcDateTime);
            references.Add(entry.Reference);
            actors.Add(entry.Actor);
            draws.Add(LedgerText.Draws(entry.Draws));
            fingerprints.Add(entry.Fingerprint);
            acceptedRecipients.Add(entry.AcceptedRecipients);
            reverses.Add(entry.Reverses);
            details.Add(LedgerText.Detail(entry.Detail));
        }

        private void Clear()
        {
            accountIds.Clear();
            sequences.Clear();
            operationIds.Clear();
            kinds.Clear();
            credits.Clear();
            balances.Clear();
            instants.Clear();
            references.Clear();
            actors.Clear();
            draws.Clear();
            fingerprints.Clear();
            acceptedRecipients.Clear();
            reverses.Clear();
            details.Clear();
        }

        private void Add<T>(List<T> column, NpgsqlDbType type) =>
            Command.Parameters.Add(new NpgsqlParameter<List<T>> { TypedValue = column, NpgsqlDbType = type | NpgsqlDbType.Array });
    }
}

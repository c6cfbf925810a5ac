using System.Collections.Immutable;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Accounts.Ledger;
using Microsoft.Data.Sqlite;

namespace Connect.Silo.Storage.Sqlite;

/// <summary>
/// Ledgers in the embedded database. One connection writes, with a statement prepared once; a group of appends is one transaction. Readers have their own connections.
/// </summary>
internal sealed class SqliteLedgerStore(SqliteDatabase database) : ILedgerStore, IDisposable
{
    private const string Columns =
        "sequence, credits, balance_after, at, fingerprint, reverses, accepted_recipients, operation_id, kind, draws, reference, actor, detail";

    // As the two indexes on bought grants have it, or they are not used.
    private const string Bought = "kind = 'grant' AND json_extract(detail, '$.purchase_id') IS NOT NULL";

    private const string BoughtColumns = "account_id, sequence, json_extract(detail, '$.purchase_id'), credits, coalesce(json_extract(detail, '$.paid'), 0), at";

    private const int ConstraintPrimaryKey = 1555;
    private const int ConstraintUnique = 2067;

    private Writer? writer;

    /// <inheritdoc/>
    public async Task Append(IReadOnlyList<LedgerAppend> appends, CancellationToken cancellationToken)
    {
        if (appends.All(append => append.Entries.IsEmpty))
            return;
        if (!await database.WriterGate.WaitAsync(TimeSpan.FromSeconds(SqliteDatabase.BusyTimeoutSeconds), cancellationToken).ConfigureAwait(false))
            throw new TimeoutException("The embedded database stayed busy.");
        try
        {
            // SQLite blocks its thread while the disk works; that must not be a thread that grains run on.
            await Task.Run(() => Write(appends), CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            database.WriterGate.Release();
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<LedgerEntry>> Read(string accountId, long afterSequence, int limit, CancellationToken cancellationToken) =>
        Query($"SELECT {Columns} FROM ledger WHERE account_id = @a AND sequence > @b ORDER BY sequence LIMIT @c", accountId, afterSequence, limit, Entry);

    /// <inheritdoc/>
    public async Task<LedgerEntry?> Find(string accountId, string operationId, CancellationToken cancellationToken) =>
        (await Query($"SELECT {Columns} FROM ledger WHERE account_id = @a AND operation_id = @b", accountId, operationId, null, Entry).ConfigureAwait(false))
        .SingleOrDefault();

    /// <inheritdoc/>
    public async Task<long> SumReversed(string accountId, long debitSequence, CancellationToken cancellationToken) =>
        (await Query("SELECT coalesce(sum(credits), 0) FROM ledger WHERE account_id = @a AND reverses = @b", accountId, debitSequence, null, row => row.GetInt64(0))
            .ConfigureAwait(false))
        .Single();

    /// <inheritdoc/>
    public Task<ImmutableArray<BoughtGrant>> ReadBought(DateTimeOffset since, BoughtGrant? after, int limit, CancellationToken cancellationToken) => Query(
        $"SELECT {BoughtColumns} FROM ledger WHERE {Bought} AND at >= @since AND (at, account_id, sequence) > (@at, @account, @sequence) ORDER BY at, account_id, sequence LIMIT @limit",
        BoughtRow,
        ("@since", since.ToUnixTimeMilliseconds()), ("@at", (after?.At ?? DateTimeOffset.UnixEpoch).ToUnixTimeMilliseconds()), ("@account", after?.AccountId ?? ""),
        ("@sequence", after?.Sequence ?? 0), ("@limit", limit));

    /// <inheritdoc/>
    public Task<ImmutableArray<BoughtGrant>> ReadBought(string accountId, long beforeSequence, int limit, CancellationToken cancellationToken) => Query(
        // SQLite has to be told: it knows nothing of how few they are.
        $"SELECT {BoughtColumns} FROM ledger INDEXED BY ledger_bought_by_account WHERE {Bought} AND account_id = @account AND sequence < @before ORDER BY sequence DESC LIMIT @limit",
        BoughtRow,
        ("@account", accountId), ("@before", beforeSequence), ("@limit", limit));

    /// <inheritdoc/>
    public Task<ImmutableArray<string>> ListTopUps(DateTimeOffset since, string afterAccountId, int limit, CancellationToken cancellationToken) => Query(
        "SELECT DISTINCT account_id FROM ledger INDEXED BY ledger_top_ups WHERE kind = 'top_up_started' AND at >= @since AND account_id > @after ORDER BY account_id LIMIT @limit",
        row => row.GetString(0),
        ("@since", since.ToUnixTimeMilliseconds()), ("@after", afterAccountId), ("@limit", limit));

    /// <inheritdoc/>
    public Task<ImmutableArray<string>> ListAccounts(string afterAccountId, int limit, CancellationToken cancellationToken) =>
        Query("SELECT account_id FROM ledger WHERE sequence = 1 AND account_id > @a ORDER BY account_id LIMIT @b", afterAccountId, limit, null, row => row.GetString(0));

    /// <summary>Closes the writer.</summary>
    public void Dispose()
    {
        writer?.Dispose();
        writer = null;
    }

    private void Write(IReadOnlyList<LedgerAppend> appends)
    {
        writer ??= new Writer(database.OpenWriter());
        try
        {
            writer.Write(appends);
        }
        catch (SqliteException conflict) when (conflict.SqliteExtendedErrorCode is ConstraintPrimaryKey or ConstraintUnique && writer.RolledBack)
        {
            throw new LedgerConflictException(
                conflict.SqliteExtendedErrorCode == ConstraintUnique ? LedgerConflict.OperationId : LedgerConflict.Sequence, conflict);
        }
        catch
        {
            // Whatever state the connection is in, the next append starts with a new one.
            Dispose();
            throw;
        }
    }

    private static BoughtGrant BoughtRow(SqliteDataReader row) => new()
    {
        AccountId = row.GetString(0),
        Sequence = row.GetInt64(1),
        PurchaseId = row.GetString(2),
        Credits = row.GetInt64(3),
        Paid = row.GetInt64(4),
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(5)),
    };

    private Task<ImmutableArray<T>> Query<T>(string sql, object a, object b, object? c, Func<SqliteDataReader, T> map) =>
        Query(sql, map, c is null ? [("@a", a), ("@b", b)] : [("@a", a), ("@b", b), ("@c", c)]);

    private Task<ImmutableArray<T>> Query<T>(string sql, Func<SqliteDataReader, T> map, params (string Name, object Value)[] values) => Task.Run(() =>
    {
        using var connection = database.OpenReader();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value);
        using var reader = command.ExecuteReader();
        var rows = ImmutableArray.CreateBuilder<T>();
        while (reader.Read())
            rows.Add(map(reader));
        return rows.ToImmutable();
    });

    private static LedgerEntry Entry(SqliteDataReader row) => new()
    {
        Sequence = row.GetInt64(0),
        Credits = row.GetInt64(1),
        BalanceAfter = row.GetInt64(2),
        At = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)),
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

    /// <summary>The writing connection with its statements.</summary>
    private sealed class Writer : IDisposable
    {
        private readonly SqliteConnection connection;
        private readonly SqliteCommand begin;
        private readonly SqliteCommand commit;
        private readonly SqliteCommand rollback;
        private readonly SqliteCommand insert;
        private readonly SqliteParameter[] values;

        public Writer(SqliteConnection connection)
        {
            this.connection = connection;
            begin = Command("BEGIN IMMEDIATE");
            commit = Command("COMMIT");
            rollback = Command("ROLLBACK");
            insert = Command(
                """
                INSERT INTO ledger (account_id, sequence, operation_id, kind, credits, balance_after, at, reference, actor, draws, fingerprint,
                    accepted_recipients, reverses, detail)
                VALUES (@account_id, @sequence, @operation_id, @kind, @credits, @balance_after, @at, @reference, @actor, @draws, @fingerprint,
                    nullif(@accepted_recipients, 0), nullif(@reverses, 0), @detail)
                """);
            string[] names =
            [
                "account_id", "sequence", "operation_id", "kind", "credits", "balance_after", "at", "reference", "actor", "draws", "fingerprint",
                "accepted_recipients", "reverses", "detail",
            ];
            values = [.. names.Select(name => insert.Parameters.Add(new SqliteParameter { ParameterName = "@" + name }))];
            insert.Prepare();
        }

        /// <summary>Whether the last write is known to have left nothing behind.</summary>
        public bool RolledBack { get; private set; }

        public void Write(IReadOnlyList<LedgerAppend> appends)
        {
            RolledBack = false;
            begin.ExecuteNonQuery();
            try
            {
                foreach (var append in appends)
                    foreach (var entry in append.Entries)
                        Insert(append.AccountId, entry);
            }
            catch
            {
                rollback.ExecuteNonQuery();
                RolledBack = true;
                throw;
            }

            commit.ExecuteNonQuery();
        }

        public void Dispose()
        {
            insert.Dispose();
            begin.Dispose();
            commit.Dispose();
            rollback.Dispose();
            connection.Dispose();
        }

        private void Insert(string accountId, LedgerEntry entry)
        {
            values[0].Value = accountId;
            values[1].Value = entry.Sequence;
            values[2].Value = entry.OperationId;
            values[3].Value = LedgerText.Kind(entry.Kind);
            values[4].Value = entry.Credits;
            values[5].Value = entry.BalanceAfter;
            values[6].Value = entry.At.ToUnixTimeMilliseconds();
            values[7].Value = entry.Reference;
            values[8].Value = entry.Actor;
            values[9].Value = LedgerText.Draws(entry.Draws);
            values[10].Value = entry.Fingerprint;
            values[11].Value = entry.AcceptedRecipients;
            values[12].Value = entry.Reverses;
            values[13].Value = (object?)LedgerText.Detail(entry.Detail) ?? DBNull.Value;
            insert.ExecuteNonQuery();
        }

        private SqliteCommand Command(string sql)
        {
            var command = connection.CreateCommand();
            command.CommandText = sql;
            return command;
        }
    }
}

using System.Collections.Immutable;
using System.Data.Common;
using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Accounts.Ledger;
using Connect.Silo.Storage;
using Connect.Silo.Storage.PostgreSql;
using Connect.Silo.Storage.Sqlite;
using Connect.Silo.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connect.Silo.Tests.Storage;

/// <summary>What every ledger store must do; run on each.</summary>
public abstract class LedgerStoreTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    private readonly TestData data;

    protected LedgerStoreTests(Store store)
    {
        data = new TestData(store);
        Database = Open();
    }

    private protected CreditsDatabase Database { get; set; }

    private ILedgerStore Ledger => Database.Ledger;

    protected string Folder => data.Folder;

    [Fact]
    public async Task Every_kind_of_entry_comes_back_as_it_went_in()
    {
        var entries = Enum.GetValues<EntryKind>().Select((kind, i) => Entry(i + 1, $"op-{kind}") with { Kind = kind }).ToImmutableArray();
        await Append("a", entries);
        AssertSame(entries, await Ledger.Read("a", 0, 100, default));
    }

    [Fact]
    public async Task Every_member_of_an_entry_comes_back_as_it_went_in()
    {
        ImmutableArray<LedgerEntry> entries =
        [
            new()
            {
                Sequence = 1, OperationId = "purchase:π 'quoted' \"double\" \\ %", Kind = EntryKind.Grant, Credits = 1_000_000_000, BalanceAfter = 1_000_000_000, At = Noon,
                Reference = "für Lotte; DROP TABLE ledger --", Actor = "user-1", Draws = [new(1, 1_000_000_000)], Fingerprint = long.MinValue,
                Detail = new EntryDetail { Source = GrantSource.AutoTopUp, ExpiresAt = Noon.AddDays(90), PurchaseId = "a/p-1", Paid = 12_345 },
            },
            new()
            {
                Sequence = 2, OperationId = "debit", Kind = EntryKind.Debit, Credits = -27, BalanceAfter = 999_999_973, At = Noon.AddMilliseconds(1), Draws = [new(1, 12), new(77, 15)],
                Fingerprint = long.MaxValue, AcceptedRecipients = 27,
            },
            new() { Sequence = 3, OperationId = "back", Kind = EntryKind.Reversal, Credits = 5, BalanceAfter = 999_999_978, At = Noon.AddMilliseconds(1), Reverses = 2, Draws = [new(1, 5)] },
            new()
            {
                Sequence = 4, OperationId = "set", Kind = EntryKind.AutoTopUpSet, BalanceAfter = 999_999_978, At = Noon.AddYears(1),
                Detail = new EntryDetail { Settings = new AutoTopUpSettings { Enabled = true, Threshold = 100, Credits = 500, MonthlyCap = 99_00 } },
            },
            new()
            {
                Sequence = 5, OperationId = "stop", Kind = EntryKind.AutoTopUpSuspended, BalanceAfter = 999_999_978, At = Noon.AddYears(1), Reference = "", Actor = "",
                Detail = new EntryDetail { Suspended = SuspensionReason.CardDeclined, Message = "The card ending 0341 was declined." },
            },
            new()
            {
                Sequence = 6, OperationId = "refund:1", Kind = EntryKind.Revoke, Credits = -30, BalanceAfter = 999_999_948, At = Noon.AddYears(1), Draws = [new(1, 30)],
                Detail = new EntryDetail { Source = GrantSource.Purchase, PurchaseId = "p-1", ExpiresAt = Noon.AddDays(90), Shortfall = 70 },
            },
        ];
        await Append("a", entries);
        AssertSame(entries, await Ledger.Read("a", 0, 100, default));
    }

    [Fact]
    public async Task A_debit_of_many_batches_keeps_its_draws_in_order()
    {
        var draws = Enumerable.Range(1, 500).Select(i => new Draw(long.MaxValue - i, i)).ToImmutableArray();
        await Append("a", Entry(1, "op") with { Draws = draws });
        Assert.Equal(draws.AsEnumerable(), (await Ledger.Read("a", 0, 1, default))[0].Draws);
    }

    [Fact]
    public async Task A_taken_sequence_is_a_conflict_and_stores_nothing_of_the_group()
    {
        await Append("a", Entry(1, "first"));
        var conflict = await Assert.ThrowsAsync<LedgerConflictException>(
            () => Ledger.Append([new("b", [Entry(1, "b-1")]), new("a", [Entry(1, "second"), Entry(2, "third")])], default));
        Assert.Equal(LedgerConflict.Sequence, conflict.Conflict);
        Assert.Empty(await Ledger.Read("b", 0, 10, default));
        Assert.Equal(["first"], await Operations("a"));
    }

    [Fact]
    public async Task A_taken_operation_id_is_a_conflict_and_stores_nothing_of_the_group()
    {
        await Append("a", Entry(1, "same"));
        var conflict = await Assert.ThrowsAsync<LedgerConflictException>(() => Ledger.Append([new("b", [Entry(1, "same")]), new("a", [Entry(2, "same")])], default));
        Assert.Equal(LedgerConflict.OperationId, conflict.Conflict);
        Assert.Empty(await Ledger.Read("b", 0, 10, default));
        Assert.Equal(["same"], await Operations("a"));
    }

    [Fact]
    public async Task After_a_conflict_the_next_append_is_stored()
    {
        await Append("a", Entry(1, "one"));
        await Assert.ThrowsAsync<LedgerConflictException>(() => Append("a", Entry(1, "two")));
        await Append("a", Entry(2, "two"));
        Assert.Equal(["one", "two"], await Operations("a"));
    }

    [Fact]
    public async Task Operation_ids_that_differ_only_in_case_are_two()
    {
        await Append("a", Entry(1, "Op"), Entry(2, "op"));
        await Append("A", Entry(1, "op"));
        Assert.Equal(2, (await Ledger.Find("a", "op", default))!.Sequence);
        Assert.Equal(1, (await Ledger.Find("a", "Op", default))!.Sequence);
    }

    [Fact]
    public async Task A_group_of_many_accounts_is_stored_whole()
    {
        await Ledger.Append([.. Enumerable.Range(0, 2_000).Select(i => new LedgerAppend($"account-{i:0000}", [Entry(1, "one"), Entry(2, "two")]))], default);
        Assert.Equal(["one", "two"], await Operations("account-0000"));
        Assert.Equal(["one", "two"], await Operations("account-1999"));
    }

    [Fact]
    public async Task An_empty_group_stores_nothing()
    {
        await Ledger.Append([], default);
        await Ledger.Append([new("a", [])], default);
        Assert.Empty(await Ledger.Read("a", 0, 10, default));
    }

    [Fact]
    public async Task Groups_appended_at_once_are_all_stored()
    {
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Ledger.Append([new($"a{i}", [Entry(1, "one")]), new($"b{i}", [Entry(1, "one")])], default)));
        Assert.Equal(100, (await Ledger.ListAccounts("", 1_000, default)).Length);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_overlap()
    {
        await Append("a", [.. Enumerable.Range(1, 10).Select(i => Entry(i, $"op-{i}"))]);
        Assert.Equal([1, 2, 3, 4], (await Ledger.Read("a", 0, 4, default)).Select(entry => entry.Sequence));
        Assert.Equal([5, 6, 7, 8], (await Ledger.Read("a", 4, 4, default)).Select(entry => entry.Sequence));
        Assert.Equal([9, 10], (await Ledger.Read("a", 8, 4, default)).Select(entry => entry.Sequence));
        Assert.Empty(await Ledger.Read("a", 10, 4, default));
    }

    [Fact]
    public async Task An_operation_is_found_in_its_own_account_only()
    {
        await Append("a", Entry(1, "op"));
        Assert.Equal(1, (await Ledger.Find("a", "op", default))!.Sequence);
        Assert.Null(await Ledger.Find("b", "op", default));
        Assert.Null(await Ledger.Find("a", "other", default));
    }

    [Fact]
    public async Task Reversals_of_a_debit_are_summed()
    {
        await Append("a", Entry(1, "debit"), Entry(2, "r-1") with { Credits = 3, Reverses = 1 }, Entry(3, "r-2") with { Credits = 4, Reverses = 1 }, Entry(4, "r-3") with { Credits = 9, Reverses = 2 });
        await Append("b", Entry(1, "debit"), Entry(2, "r-1") with { Credits = 100, Reverses = 1 });
        Assert.Equal(7, await Ledger.SumReversed("a", 1, default));
        Assert.Equal(0, await Ledger.SumReversed("a", 4, default));
    }

    [Fact]
    public async Task Accounts_are_listed_in_ordinal_order_by_page()
    {
        await Ledger.Append([.. new[] { "b", "B", "a-1", "a_1", "a1" }.Select(id => new LedgerAppend(id, [Entry(1, "one"), Entry(2, "two")]))], default);
        Assert.Equal(["B", "a-1", "a1"], (await Ledger.ListAccounts("", 3, default)).AsEnumerable());
        Assert.Equal(["a_1", "b"], (await Ledger.ListAccounts("a1", 3, default)).AsEnumerable());
    }

    [Fact]
    public async Task What_was_appended_is_there_after_reopening()
    {
        await Append("a", Entry(1, "one"), Entry(2, "two"));
        Database.Dispose();
        Database = Open();
        Assert.Equal(["one", "two"], await Operations("a"));
    }

    [Fact]
    public async Task The_schema_is_current_after_the_start()
    {
        Assert.True(Database.SchemaIsCurrent());
        await Database.Ping(default);
    }

    [Fact]
    public async Task Bought_grants_are_read_in_order_of_time_page_by_page_and_by_account_newest_first()
    {
        await Append("b", Entry(1, "one"), BoughtEntry(2, "p1", Noon), BoughtEntry(3, "p2", Noon.AddMinutes(2)), Gift(4), BoughtEntry(5, "p3", Noon.AddMinutes(2)));
        await Append("a", BoughtEntry(1, "p1", Noon.AddMinutes(1)), BoughtEntry(2, "p2", Noon.AddMinutes(2)));
        (string, string)[] all = [("b", "p1"), ("a", "p1"), ("a", "p2"), ("b", "p2"), ("b", "p3")];

        for (var size = 1; size <= 6; size++)
        {
            var read = new List<(string, string)>();
            BoughtGrant? last = null;
            while (await Ledger.ReadBought(Noon, last, size, default) is { IsEmpty: false } page)
            {
                read.AddRange(page.Select(grant => (grant.AccountId, grant.PurchaseId)));
                last = page[^1];
            }

            Assert.Equal(all, read);
        }

        Assert.Equal(all[1..], (await Ledger.ReadBought(Noon.AddMilliseconds(1), null, 9, default)).Select(grant => (grant.AccountId, grant.PurchaseId)));
        Assert.Equal(["p3", "p2"], (await Ledger.ReadBought("b", long.MaxValue, 2, default)).Select(grant => grant.PurchaseId));
        Assert.Equal(new BoughtGrant { AccountId = "b", Sequence = 2, PurchaseId = "p1", Credits = 40, Paid = 1_234, At = Noon }, Assert.Single(await Ledger.ReadBought("b", 3, 9, default)));
        Assert.Empty(await Ledger.ReadBought("b", 2, 9, default));
    }

    [Fact]
    public async Task Accounts_whose_top_up_started_lately_are_listed_once_each_page_by_page()
    {
        static LedgerEntry Started(long sequence, DateTimeOffset at) => Entry(sequence, $"~top-up:{sequence}") with { Kind = EntryKind.TopUpStarted, Credits = 0, Draws = [], At = at };
        await Append("b", Entry(1, "one"), Started(2, Noon), Started(3, Noon.AddMinutes(1)));
        await Append("a", Started(1, Noon.AddMinutes(1)));
        await Append("c", Started(1, Noon.AddMilliseconds(-1)));
        await Append("d", Entry(1, "one"));
        await Append("e", Started(1, Noon));

        Assert.Equal<string>(["a", "b", "e"], await Ledger.ListTopUps(Noon, "", 9, default));
        Assert.Equal<string>(["a", "b"], await Ledger.ListTopUps(Noon, "", 2, default));
        Assert.Equal<string>(["e"], await Ledger.ListTopUps(Noon, "b", 2, default));
        Assert.Equal<string>(["a", "b"], await Ledger.ListTopUps(Noon.AddMilliseconds(1), "", 9, default));
        Assert.Empty(await Ledger.ListTopUps(Noon.AddMinutes(2), "", 9, default));
    }

    [Fact]
    public async Task Bought_grants_are_found_without_reading_the_rest()
    {
        await Ledger.Append([.. Enumerable.Range(0, 500).Select(i => new LedgerAppend($"account-{i}", [Entry(1, "one"), Entry(2, "two")]))], default);
        foreach (var (query, index) in BoughtQueries()) Assert.Contains(index, await Plan(query), StringComparison.Ordinal);
    }

    private IEnumerable<(string Query, string Index)> BoughtQueries()
    {
        var bought = data.Store == Store.Sqlite ? "json_extract(detail, '$.purchase_id') IS NOT NULL" : "detail ->> 'purchase_id' IS NOT NULL";
        var since = data.Store == Store.Sqlite ? "5" : "timestamptz '2026-01-01'";
        var toldTopUps = data.Store == Store.Sqlite ? "INDEXED BY ledger_top_ups " : "";
        yield return ($"SELECT DISTINCT account_id FROM ledger {toldTopUps}WHERE kind = 'top_up_started' AND at >= {since} ORDER BY account_id LIMIT 10", "ledger_top_ups");
        yield return ($"SELECT account_id FROM ledger WHERE kind = 'grant' AND {bought} AND at >= {since} ORDER BY at, account_id, sequence LIMIT 10", "ledger_bought");
        // SQLite has to be told: it knows nothing of how few they are.
        var told = data.Store == Store.Sqlite ? "INDEXED BY ledger_bought_by_account " : "";
        yield return ($"SELECT account_id FROM ledger {told}WHERE kind = 'grant' AND {bought} AND account_id = 'a' AND sequence < 9 ORDER BY sequence DESC LIMIT 10", "ledger_bought_by_account");
    }

    private static LedgerEntry BoughtEntry(long sequence, string purchase, DateTimeOffset at) => Gift(sequence) with
    {
        At = at, OperationId = $"purchase:{purchase}", Detail = new EntryDetail { Source = GrantSource.Purchase, PurchaseId = purchase, Paid = 1_234 },
    };

    private static LedgerEntry Gift(long sequence) => Entry(sequence, $"gift-{sequence}") with
    {
        Kind = EntryKind.Grant, Credits = 40, At = Noon.AddMinutes(2), Detail = new EntryDetail { Source = GrantSource.Manual },
    };

    [Theory]
    [InlineData("SELECT * FROM ledger WHERE account_id = 'a' AND operation_id = 'op'", "ledger_operation|sqlite_autoindex_ledger_2")]
    [InlineData("SELECT * FROM ledger WHERE account_id = 'a' AND sequence > 5 ORDER BY sequence LIMIT 10", "ledger_sequence|PRIMARY KEY")]
    [InlineData("SELECT sum(credits) FROM ledger WHERE account_id = 'a' AND reverses = 5", "ledger_reversals")]
    [InlineData("SELECT account_id FROM ledger WHERE sequence = 1 AND account_id > 'a' ORDER BY account_id LIMIT 10", "ledger_accounts")]
    public async Task Reads_use_their_index(string query, string indexes)
    {
        await Ledger.Append([.. Enumerable.Range(0, 500).Select(i => new LedgerAppend($"account-{i}", [Entry(1, "one"), Entry(2, "two")]))], default);
        var plan = await Plan(query);
        Assert.True(indexes.Split('|').Any(index => plan.Contains(index, StringComparison.Ordinal)), plan);
    }

    public void Dispose()
    {
        Database.Dispose();
        data.Dispose();
    }

    protected static LedgerEntry Entry(long sequence, string operationId) =>
        new() { Sequence = sequence, OperationId = operationId, Kind = EntryKind.Debit, Credits = -1, BalanceAfter = 10, At = Noon, Draws = [new(1, 1)] };

    protected Task Append(string account, params ImmutableArray<LedgerEntry> entries) => Ledger.Append([new(account, entries)], default);

    protected async Task<IEnumerable<string>> Operations(string account) => (await Ledger.Read(account, 0, 1_000, default)).Select(entry => entry.OperationId);

    private protected CreditsDatabase Open()
    {
        CreditsDatabase database = data.PostgreSql is { } connectionString ? new PostgreSqlDatabase(connectionString) : new SqliteDatabase(Path.Combine(data.Folder, "data"));
        database.Start(NullLoggerFactory.Instance);
        return database;
    }

    private static void AssertSame(IEnumerable<LedgerEntry> expected, ImmutableArray<LedgerEntry> actual)
    {
        // Draws are compared by content, which records with immutable arrays do not.
        Assert.Equal(expected.Select(entry => entry with { Draws = [] }), actual.Select(entry => entry with { Draws = [] }));
        Assert.Equal(expected.Select(entry => string.Join(' ', entry.Draws)), actual.Select(entry => string.Join(' ', entry.Draws)));
    }

    private async Task<string> Plan(string query)
    {
        await using DbCommand command = Database.DataSource.CreateCommand((data.Store == Store.Sqlite ? "EXPLAIN QUERY PLAN " : "EXPLAIN ") + query);
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetString(reader.FieldCount - 1));
        return string.Join('\n', lines);
    }
}

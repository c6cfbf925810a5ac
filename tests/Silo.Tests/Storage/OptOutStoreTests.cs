using Connect.Grains.Messaging;
using Connect.Messaging;
using Connect.Silo.Storage;
using Connect.Silo.Storage.PostgreSql;
using Connect.Silo.Storage.Sqlite;
using Connect.Silo.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Connect.Silo.Tests.Storage;

/// <summary>What every store of opt-outs must do; run on each.</summary>
public abstract class OptOutStoreTests : IDisposable
{
    private const ulong Largest = 999_999_999_999_999;

    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, 123, TimeSpan.Zero);

    private readonly TestData data;
    private CreditsDatabase database;

    protected OptOutStoreTests(Store store)
    {
        data = new TestData(store);
        database = Open();
    }

    private IOptOutStore Store => database.OptOuts;

    [Fact]
    public async Task What_was_added_comes_back_as_it_went_in_and_in_order_of_the_numbers()
    {
        await Store.Add("a", [61_400_000_002, Largest], Noon, OptOutSource.Reply, "STOP", default);
        await Store.Add("a", [61_400_000_001], Noon.AddDays(1), OptOutSource.Person, "ana'; DROP TABLE opt_outs --", default);
        Assert.Equal(
            [
                new() { Number = 61_400_000_001, At = Noon.AddDays(1), Source = OptOutSource.Person, Actor = "ana'; DROP TABLE opt_outs --" },
                new() { Number = 61_400_000_002, At = Noon, Source = OptOutSource.Reply, Actor = "STOP" },
                new OptOutView { Number = Largest, At = Noon, Source = OptOutSource.Reply, Actor = "STOP" },
            ],
            (await Store.Read("a", 0, 10, default)).AsEnumerable());
    }

    [Fact]
    public async Task A_number_added_again_stays_as_it_was_noted_first()
    {
        await Store.Add("a", [5, 5, 6], Noon, OptOutSource.Reply, "STOP", default);
        await Store.Add("a", [6, 7], Noon.AddDays(1), OptOutSource.Person, "ana", default);
        Assert.Equal([(5ul, Noon), (6ul, Noon), (7ul, Noon.AddDays(1))], (await Store.Read("a", 0, 10, default)).Select(found => (found.Number, found.At)));
        Assert.Equal(3, await Store.Count("a", default));
    }

    [Fact]
    public async Task Those_of_an_account_and_those_of_everybody_are_found_each_once_and_rising()
    {
        await Store.Add("a", [3, 9], Noon, OptOutSource.Person, "ana", default);
        await Store.Add("b", [4], Noon, OptOutSource.Person, "bob", default);
        await Store.Add(IOptOutsGrain.Everybody, [9, 2], Noon, OptOutSource.Reply, "STOP", default);
        Assert.Equal([2ul, 3ul, 9ul], await Which("a", [9, 1, 4, 3, 2, 9]));
        Assert.Equal([2ul, 4ul, 9ul], await Which("b", [9, 1, 4, 3, 2]));
        Assert.Equal([2ul, 9ul], await Which(IOptOutsGrain.Everybody, [9, 1, 4, 3, 2]));
        Assert.Empty(await Which("a", [1, 8]));
    }

    [Fact]
    public async Task Accounts_that_are_spelled_alike_do_not_share_a_list()
    {
        await Store.Add("ab", [1], Noon, OptOutSource.Person, "ana", default);
        await Store.Add("AB", [2], Noon, OptOutSource.Person, "ana", default);
        Assert.Equal([1ul], await Which("ab", [1, 2]));
        Assert.Equal([2ul], await Which("AB", [1, 2]));
    }

    [Fact]
    public async Task What_is_removed_is_gone_from_that_list_only()
    {
        await Store.Add("a", [1, 2, 3], Noon, OptOutSource.Person, "ana", default);
        await Store.Add("b", [1, 2, 3], Noon, OptOutSource.Person, "bob", default);
        await Store.Remove("a", [3, 1, 77], default);
        await Store.Remove("a", [1], default);
        Assert.Equal([2ul], await Which("a", [1, 2, 3]));
        Assert.Equal(3, await Store.Count("b", default));
        Assert.Equal(0, await Store.Count("c", default));
    }

    [Fact]
    public async Task A_list_is_read_on_from_any_number()
    {
        await Store.Add("a", [.. Enumerable.Range(1, 25).Select(number => (ulong)number * 10)], Noon, OptOutSource.Person, "ana", default);
        Assert.Equal([100ul, 110ul, 120ul], (await Store.Read("a", 90, 3, default)).Select(found => found.Number));
        Assert.Equal([100ul], (await Store.Read("a", 99, 1, default)).Select(found => found.Number));
        Assert.Empty(await Store.Read("a", 250, 3, default));
        Assert.Empty(await Store.Read("a", ulong.MaxValue, 3, default));
    }

    [Fact]
    public async Task Opt_outs_outlive_the_program()
    {
        await Store.Add("a", [1], Noon, OptOutSource.Person, "ana", default);
        database.Dispose();
        database = Open();
        Assert.Equal([1ul], await Which("a", [1]));
    }

    [Fact]
    public async Task Many_who_add_and_remove_the_same_numbers_at_once_all_succeed()
    {
        ulong[] up = [.. Enumerable.Range(1, 300).Select(number => (ulong)number)], down = [.. up.Reverse()];
        await Task.WhenAll(Enumerable.Range(0, 40).Select(turn => (turn % 4) switch
        {
            0 => Store.Add("a", up, Noon, OptOutSource.Person, "ana", default),
            1 => Store.Remove("a", down, default),
            2 => Store.Add("a", down, Noon, OptOutSource.Reply, "STOP", default),
            _ => Store.Which("a", up, default),
        }));
        await Store.Add("a", up, Noon, OptOutSource.Person, "ana", default);
        Assert.Equal(up, await Which("a", down));
    }

    [Fact]
    public async Task A_hundred_thousand_opt_outs_do_not_slow_the_look_up_of_a_page()
    {
        for (var part = 0; part < 100; part++)
            await Store.Add("a", [.. Enumerable.Range(part * 1_000, 1_000).Select(number => 61_400_000_000 + ((ulong)number * 2))], Noon, OptOutSource.Reply, "STOP", default);
        ulong[] page = [.. Enumerable.Range(50_000, 500).Select(number => 61_400_000_000 + (ulong)number)];
        Assert.Equal(page.Where(number => number % 2 == 0), await Which("a", page));
        Assert.Equal(100_000, await Store.Count("a", default));
        var plan = string.Join('\n', await Plan());
        Assert.DoesNotContain(data.Store == Hosting.Store.Sqlite ? "SCAN opt_outs" : "Seq Scan", plan, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        database.Dispose();
        data.Dispose();
        GC.SuppressFinalize(this);
    }

    private async Task<IEnumerable<ulong>> Which(string list, params ulong[] numbers) => (await Store.Which(list, numbers, default)).AsEnumerable();

    private async Task<List<string>> Plan()
    {
        await using var command = database.DataSource.CreateCommand(data.Store == Hosting.Store.Sqlite
            ? "EXPLAIN QUERY PLAN SELECT DISTINCT number FROM opt_outs WHERE account IN ('a', '*') AND number IN (SELECT value FROM json_each('[1,2]')) ORDER BY number"
            : "EXPLAIN SELECT DISTINCT number FROM opt_outs WHERE account IN ('a', '*') AND number = ANY ('{1,2}') ORDER BY number");
        await using var reader = await command.ExecuteReaderAsync();
        var lines = new List<string>();
        while (await reader.ReadAsync())
            lines.Add(reader.GetValue(reader.FieldCount - 1).ToString()!);
        return lines;
    }

    private CreditsDatabase Open()
    {
        CreditsDatabase opened = data.PostgreSql is { } connectionString ? new PostgreSqlDatabase(connectionString) : new SqliteDatabase(Path.Combine(data.Folder, "data"));
        opened.Start(NullLoggerFactory.Instance);
        return opened;
    }
}

public sealed class PostgreSqlOptOutStoreTests() : OptOutStoreTests(Hosting.Store.PostgreSql);

public sealed class SqliteOptOutStoreTests() : OptOutStoreTests(Hosting.Store.Sqlite);

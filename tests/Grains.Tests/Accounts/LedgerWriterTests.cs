using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Accounts.Ledger;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Connect.Grains.Tests.Accounts;

public sealed class LedgerWriterTests : IAsyncLifetime
{
    private readonly MemoryLedgerStore _store = new();
    private LedgerWriter _writer = null!;

    public Task InitializeAsync()
    {
        _writer = new LedgerWriter(_store, Options.Create(new LedgerOptions()), NullLogger<LedgerWriter>.Instance);
        return _writer.Start();
    }

    public Task DisposeAsync() => _writer.Stop(CancellationToken.None);

    private static ImmutableArray<LedgerEntry> Entry(long sequence, string operationId) =>
        [new LedgerEntry { Sequence = sequence, OperationId = operationId, Kind = EntryKind.Opened, At = DateTimeOffset.UnixEpoch }];

    [Fact]
    public async Task All_that_waits_at_one_moment_goes_out_in_one_write()
    {
        var busy = _writer.OpenSession("busy");
        using var hold = _store.Hold();
        var appends = new List<Task> { busy.Append(Entry(1, "op-1")) };
        await hold.Reached;
        appends.AddRange(Enumerable.Range(2, 199).Select(i => busy.Append(Entry(i, $"op-{i}"))));
        appends.AddRange(Enumerable.Range(0, 50).Select(i => _writer.OpenSession($"account-{i}").Append(Entry(1, "first"))));
        hold.Dispose();
        await Task.WhenAll(appends);

        // The one that was being written, the other 50 accounts together, and the 199 that gathered meanwhile: with them, or behind.
        Assert.InRange(_store.Groups.Count, 2, 3);
        Assert.Equal(52, _store.Groups.Sum());
        Assert.Equal(200, _store.Of("busy").Count);
    }

    [Fact]
    public async Task One_accounts_conflict_hurts_no_other_account_of_the_group()
    {
        await _store.Append([new LedgerAppend("b", Entry(1, "first"))], default);
        var sessions = new[] { "z", "a", "b", "c" }.Select(_writer.OpenSession).ToList();
        using var hold = _store.Hold();
        // The first one occupies the writer, so that the other three wait together.
        var appends = sessions.Select(session => session.Append(Entry(1, "mine"))).ToList();
        hold.Dispose();

        await appends[0];
        await appends[1];
        Assert.Equal(LedgerConflict.Sequence, (await Assert.ThrowsAsync<LedgerConflictException>(() => appends[2])).Conflict);
        await appends[3];
    }

    [Fact]
    public async Task After_a_failure_a_session_takes_nothing_more_so_the_ledger_has_no_gap()
    {
        var session = _writer.OpenSession("gap");
        using var hold = _store.Hold();
        _store.FailNext(MemoryLedgerStore.Fault.BeforeStoring);
        var first = session.Append(Entry(1, "one"));
        var second = session.Append(Entry(2, "two"));
        hold.Dispose();

        await Assert.ThrowsAsync<IOException>(() => first);
        await Assert.ThrowsAsync<IOException>(() => second);
        await Assert.ThrowsAsync<IOException>(() => session.Append(Entry(3, "three")));
        await Assert.ThrowsAsync<IOException>(() => session.Durable);
        Assert.Empty(_store.Of("gap"));
    }

    [Fact]
    public async Task Entries_of_one_session_are_stored_in_the_order_they_were_handed_in()
    {
        var session = _writer.OpenSession("order");
        var appends = Enumerable.Range(1, 500).Select(i => session.Append(Entry(i, $"op-{i}"))).ToList();
        await Task.WhenAll(appends);
        Assert.Equal(Enumerable.Range(1, 500).Select(i => (long)i), _store.Of("order").Select(entry => entry.Sequence));
    }

    [Fact]
    public async Task Once_stopped_it_says_so_instead_of_keeping_callers_waiting()
    {
        var session = _writer.OpenSession("stopped");
        await _writer.Stop(CancellationToken.None);
        await Assert.ThrowsAsync<InvalidOperationException>(() => session.Append(Entry(1, "late")));
    }
}

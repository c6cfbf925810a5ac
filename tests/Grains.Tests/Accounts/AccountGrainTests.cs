using Connect.Accounts;
using Connect.Grains.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Tests.Accounts.Engine;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;
using static Connect.Grains.Tests.Accounts.MemoryLedgerStore;

namespace Connect.Grains.Tests.Accounts;

public sealed class AccountGrainTests(AccountCluster cluster) : IClassFixture<AccountCluster>
{
    private static Debit Debit(string operationId, long credits = 1) => new() { OperationId = operationId, Credits = credits };

    /// <summary>What every caller does: the same operation id again until there is an answer. Refusals while the account reloads come at once, so there may be many.</summary>
    private static async Task<PostResult> Repeated(Func<Task<PostResult>> call)
    {
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await call();
            }
            catch (Exception error) when (error is AccountUnavailableException or OrleansMessageRejectionException && attempt < 1_000)
            {
            }
        }
    }

    [Fact]
    public async Task No_answer_and_no_read_before_the_entries_are_durable()
    {
        var account = await cluster.AccountWith("held", 10);
        using var hold = cluster.Store.Hold();

        var debit = account.Debit(Debit("d", 4));
        await hold.Reached;
        var read = account.GetCredits();
        var refusal = account.Debit(Debit("too-much", 11));
        await cluster.Account("other-grain").Inspect();
        Assert.False(debit.IsCompleted || read.IsCompleted || refusal.IsCompleted);

        hold.Dispose();
        Assert.Equal(6, (await debit).Available);
        Assert.Equal(6, (await read).Available);
        Assert.Equal(PostOutcome.InsufficientCredits, (await refusal).Outcome);
    }

    [Theory]
    [InlineData((int)Fault.BeforeStoring)]
    [InlineData((int)Fault.AfterStoring)]
    public async Task After_a_failed_or_unknown_write_the_repeated_operation_holds_once(int fault)
    {
        var id = $"fault-{fault}";
        var account = await cluster.AccountWith(id, 10);
        cluster.Store.FailNext((Fault)fault);

        await Assert.ThrowsAsync<AccountUnavailableException>(() => account.Debit(Debit("d", 4)));
        var repeated = await Repeated(() => account.Debit(Debit("d", 4)));

        Assert.Equal((Fault)fault == Fault.AfterStoring ? PostOutcome.AlreadyPosted : PostOutcome.Posted, repeated.Outcome);
        Assert.Equal(6, (await account.GetCredits()).Available);
        Assert.Single(cluster.Store.Of(id), entry => entry.OperationId == "d");
    }

    [Fact]
    public async Task A_repeated_operation_that_had_taken_all_there_was_gets_its_first_answer_and_no_refusal()
    {
        var account = await cluster.AccountWith("took-all", 5);
        DebitRecipients order = new() { OperationId = "page", CreditsPerRecipient = [2, 2, 2] };
        cluster.Store.FailNext(Fault.AfterStoring);
        await Assert.ThrowsAsync<AccountUnavailableException>(() => account.DebitRecipients(order));
        var page = await Repeated(() => account.DebitRecipients(order));
        Assert.Equal((PostOutcome.AlreadyPosted, 2, 4L), (page.Outcome, page.AcceptedRecipients, page.Credits));

        await account.Debit(Debit("last"));
        await cluster.DeactivateAll();
        Assert.Equal(PostOutcome.AlreadyPosted, (await account.Debit(Debit("last"))).Outcome);
        Assert.Equal(PostOutcome.AlreadyPosted, (await account.DebitRecipients(order)).Outcome);
        Assert.Equal(PostOutcome.OperationIdReused, (await account.Debit(Debit("last", 2))).Outcome);
        Assert.Equal(PostOutcome.InsufficientCredits, (await account.Debit(Debit("one-more"))).Outcome);
        Assert.Empty((await account.Check()).Findings);
    }

    [Fact]
    public async Task Many_callers_through_repeated_faults_lose_and_double_nothing()
    {
        var account = await cluster.AccountWith("storm", 1_000);

        async Task Caller(int caller)
        {
            for (var i = 0; i < 10; i++)
            {
                if (i % 4 == 1) cluster.Store.FailNext(caller % 2 == 0 ? Fault.AfterStoring : Fault.BeforeStoring);
                var operation = $"c{caller}-{i}";
                Assert.True((await Repeated(() => account.Debit(Debit(operation)))).Holds);
            }
        }

        await Task.WhenAll(Enumerable.Range(0, 16).Select(Caller));
        cluster.Store.Heal();

        var check = await account.Check();
        Assert.Empty(check.Findings);
        Assert.Equal((840L, 160L), (check.FromLedger.Available, check.FromLedger.Spent));
    }

    [Fact]
    public async Task An_operation_that_only_the_ledger_remembers_gets_its_first_answer_and_disturbs_nobody()
    {
        var account = await cluster.AccountWith("old-ids", 100);
        var first = await account.Debit(Debit("old", 7));
        await account.Debit(Debit("newer", 3));
        await cluster.DeactivateAll();
        await account.GetCredits();

        // In one group with new debits, so that the unique key objects to all of them at first.
        using var hold = cluster.Store.Hold();
        var news = Enumerable.Range(0, 20).Select(i => account.Debit(Debit($"new-{i}"))).ToList();
        var again = account.Debit(Debit("old", 7));
        var reused = account.Debit(Debit("newer", 4));
        hold.Dispose();

        Assert.Equal(first with { Outcome = PostOutcome.AlreadyPosted }, await again);
        Assert.Equal(PostOutcome.OperationIdReused, (await reused).Outcome);
        Assert.All(await Task.WhenAll(news), result => Assert.Equal(PostOutcome.Posted, result.Outcome));
        Assert.Equal(70, (await account.GetCredits()).Available);
        Assert.Empty((await account.Check()).Findings);
    }

    [Fact]
    public async Task A_great_ledger_is_checked_in_short_calls()
    {
        const int entries = 300_000;
        cluster.Store.Generate("great", entries, Entry);
        var account = cluster.Account("great");
        List<long> reached = [];

        var check = await account.Check(async call =>
        {
            var part = await call();
            reached.Add(part.Sums.Entries);
            return part;
        });

        Assert.Empty(check.Findings);
        Assert.Equal((entries, entries - 2L, 2L), (check.Entries, check.FromLedger.Spent, check.FromLedger.Available));
        Assert.Equal(Enumerable.Range(1, 30).Select(step => step * 10_000L), reached);

        static LedgerEntry Entry(long sequence)
        {
            var entry = new LedgerEntry { Sequence = sequence, OperationId = "o", Kind = EntryKind.Opened, At = DateTimeOffset.UnixEpoch };
            return sequence switch
            {
                1 => entry,
                2 => entry with { Kind = EntryKind.Grant, Credits = entries, BalanceAfter = entries, Draws = [new(2, entries)], Detail = new() { Source = GrantSource.Promotional, ExpiresAt = DateTimeOffset.MaxValue } },
                _ => entry with { Kind = EntryKind.Debit, Credits = -1, BalanceAfter = entries + 2 - sequence, Draws = [new(2, 1)] },
            };
        }
    }

    [Fact]
    public async Task A_check_goes_on_from_its_sums_and_what_was_wrong_before_stays_wrong()
    {
        var account = await cluster.AccountWith("summed", 10);
        await account.Debit(Debit("one", 4));
        var half = (await account.CheckOn(LedgerSums.None)).Sums with { Findings = ["entry 1 is strange"] };
        await account.Debit(Debit("two", 5));

        var serializer = cluster.Service<Serializer>();
        var whole = (await account.CheckOn(serializer.Deserialize<LedgerSums>(serializer.SerializeToArray(half))!)).Result!;

        Assert.Equal<string>(["entry 1 is strange"], whole.Findings.AsEnumerable());
        Assert.Equal((4L, 9L, 1L), (whole.Entries, whole.FromLedger.Spent, whole.FromLedger.Available));
        var other = half with { Findings = [], Remaining = [new(2, 7)] };
        Assert.Equal<string>(["the grain's batches differ from the ledger's"], (await account.CheckOn(other)).Result!.Findings.AsEnumerable());
    }

    [Fact]
    public async Task A_second_activation_can_never_post_on_an_old_state()
    {
        var account = await cluster.AccountWith("fenced", 10);
        // Another activation of the same account posted in between.
        var other = new Engine.Build();
        cluster.Store.Of("fenced").ForEach(entry => other.Replay(entry));
        var foreign = other.Do(Debit("foreign", 8), cluster.Time.GetUtcNow()).Entries;
        await cluster.Store.Append([new("fenced", foreign)], default);

        await Assert.ThrowsAsync<AccountUnavailableException>(() => account.Debit(Debit("mine", 5)));
        var repeated = await Repeated(() => account.Debit(Debit("mine", 5)));

        Assert.Equal((PostOutcome.InsufficientCredits, 2L), (repeated.Outcome, repeated.Available));
        Assert.Empty((await account.Check()).Findings);
    }

    [Fact]
    public async Task Two_reversals_at_once_give_a_debit_back_once()
    {
        var account = await cluster.AccountWith("reversals", 10);
        await account.Debit(Debit("d", 6));

        var results = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => account.Reverse(new Reverse { OperationId = $"r{i}", DebitOperationId = "d", Credits = 4 })));

        Assert.Single(results, result => result.Outcome == PostOutcome.Posted);
        Assert.Equal(3, results.Count(result => result.Outcome == PostOutcome.ReversalExceedsDebit));
        Assert.Equal(8, (await account.GetCredits()).Available);
    }

    [Fact]
    public async Task A_purchase_is_revoked_and_restored_once_however_often_it_is_asked_and_however_it_crashes()
    {
        var account = await cluster.AccountWith("revoked", 10);
        await account.Grant(Build.Bought("p", 100));
        await account.Debit(Debit("d", 30));
        var revoke = Build.Revoke("refund:1", "p", 100);
        var restore = Build.Restore("refund-undone:1", "refund:1");

        cluster.Store.FailNext(MemoryLedgerStore.Fault.AfterStoring);
        await Assert.ThrowsAsync<AccountUnavailableException>(() => account.Revoke(revoke));
        var revoked = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => account.Revoke(revoke)));
        Assert.All(revoked, result => Assert.Equal((PostOutcome.AlreadyPosted, 80L, 20L), (result.Outcome, result.Credits, result.Shortfall)));

        // The gift burnt first, so what comes back first goes to the purchase, and is owed.
        await account.Reverse(new Reverse { OperationId = "r", DebitOperationId = "d", Credits = 5 });
        var restored = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => account.Restore(restore)));
        Assert.Single(restored, result => result.Outcome == PostOutcome.Posted);
        Assert.All(restored, result => Assert.Equal(85, result.Credits));
        var check = await account.Check();
        Assert.Empty(check.Findings);
        Assert.Equal(new CreditTotals { Granted = 110, Spent = 25, Available = 85 }, check.FromLedger);
        Assert.NotNull((await account.Inspect()).ReminderDueAt);
    }

    [Fact]
    public async Task An_id_that_no_store_could_hold_is_never_looked_up()
    {
        var account = await cluster.AccountWith("unstorable", 10);

        Assert.Equal(PostOutcome.UnknownDebit, (await account.Reverse(new Reverse { OperationId = "r", DebitOperationId = "zero \0", Credits = 1 })).Outcome);

        Assert.DoesNotContain(cluster.Store.Lookups, looked => looked.Contains("zero", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_snapshot_changes_cost_and_never_meaning()
    {
        var account = await cluster.AccountWith("snapshots", 5_000);
        for (var i = 0; i < 30; i++) await account.Debit(Debit($"d{i}"));
        await cluster.DeactivateAll();
        var with = await account.Inspect();
        Assert.Equal((32L, 0L), (with.SnapshotSequence, with.TailEntriesAtActivation));

        await cluster.DeactivateAll();
        await DeleteSnapshot("snapshots");
        var without = await account.Inspect();

        Assert.Equal((0L, 32L), (without.SnapshotSequence, without.TailEntriesAtActivation));
        Assert.Equal(with.Credits.Batches.AsEnumerable(), without.Credits.Batches.AsEnumerable());
        Assert.Equal(with.Credits.Totals, without.Credits.Totals);
    }

    [Fact]
    public async Task A_snapshot_that_is_ahead_of_a_restored_ledger_is_ignored()
    {
        var account = await cluster.AccountWith("restored", 50);
        for (var i = 0; i < 10; i++) await account.Debit(Debit($"d{i}"));
        await cluster.DeactivateAll();
        cluster.Store.Truncate("restored", keep: 7);

        Assert.Equal(45, (await account.GetCredits()).Available);
        Assert.Empty((await account.Check()).Findings);
    }

    [Fact]
    public async Task An_account_that_was_never_opened_is_unknown_and_stays_so()
    {
        var account = cluster.Account("never");
        Assert.Equal(PostOutcome.UnknownAccount, (await account.Debit(Debit("d"))).Outcome);
        Assert.Equal(0, (await account.GetCredits()).Sequence);
        Assert.Empty(cluster.Store.Of("never"));
    }

    [Fact]
    public async Task The_ledger_is_read_in_pages()
    {
        var account = await cluster.AccountWith("pages", 50);
        for (var i = 0; i < 5; i++) await account.Debit(Debit($"d{i}"));

        var first = await account.ReadLedger(0, 4);
        var second = await account.ReadLedger(first.NextCursor!.Value, 4);

        Assert.Equal([1, 2, 3, 4], first.Entries.Select(entry => entry.Sequence));
        Assert.Equal([5, 6, 7], second.Entries.Select(entry => entry.Sequence));
        Assert.Null(second.NextCursor);
    }

    private async Task DeleteSnapshot(string accountId)
    {
        var storage = cluster.Service<IServiceProvider>().GetRequiredKeyedService<IGrainStorage>("grains");
        var state = new GrainState<AccountSnapshot>();
        var grainId = cluster.Account(accountId).GetGrainId();
        await storage.ReadStateAsync("account-snapshot", grainId, state);
        await storage.ClearStateAsync("account-snapshot", grainId, state);
    }
}

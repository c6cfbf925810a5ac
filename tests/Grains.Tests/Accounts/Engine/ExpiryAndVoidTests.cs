using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using static Connect.Grains.Tests.Accounts.Engine.Build;

namespace Connect.Grains.Tests.Accounts.Engine;

public sealed class ExpiryAndVoidTests
{
    [Fact]
    public void What_is_due_expires_before_anything_else_is_decided()
    {
        var account = AccountWith((10, Noon.AddHours(1)), (20, Noon.AddHours(2)), (30, Noon.AddDays(5)));

        var decision = account.Do(Debit("d", 30L), Noon.AddHours(3));

        Assert.Equal([EntryKind.Expire, EntryKind.Expire, EntryKind.Debit], decision.Entries.Select(entry => entry.Kind));
        Assert.Equal([Noon.AddHours(1), Noon.AddHours(2), Noon.AddHours(3)], decision.Entries.Select(entry => entry.At));
        Assert.Equal(new CreditTotals { Granted = 60, Spent = 30, Expired = 30 }, account.State.Totals);
    }

    [Fact]
    public void A_late_tick_posts_the_same_entries_as_a_timely_one()
    {
        var timely = AccountWith((10, Noon.AddHours(1)), (20, Noon.AddHours(2)));
        timely.Tick(Noon.AddHours(1));
        timely.Tick(Noon.AddHours(2));
        var late = AccountWith((10, Noon.AddHours(1)), (20, Noon.AddHours(2)));
        late.Tick(Noon.AddDays(40));

        Assert.Equal(timely.Entries.Select(entry => (entry.Sequence, entry.OperationId, entry.Credits, entry.At)), late.Entries.Select(entry => (entry.Sequence, entry.OperationId, entry.Credits, entry.At)));
    }

    [Fact]
    public void A_tick_with_nothing_due_posts_nothing() => Assert.Empty(AccountWith((10, Noon.AddHours(1))).Tick(Noon).Entries);

    [Fact]
    public void A_batch_that_is_used_up_expires_without_an_entry()
    {
        var account = AccountWith((10, Noon.AddHours(1)));
        account.Do(Debit("d", 10L), Noon);
        Assert.Empty(account.Tick(Noon.AddDays(1)).Entries);
        Assert.Null(AccountDecider.NextTick(account.State, Noon));
    }

    [Fact]
    public void The_next_expiry_is_that_of_the_batch_that_burns_first() =>
        Assert.Equal(Noon.AddHours(1), AccountDecider.NextTick(AccountWith((10, Noon.AddHours(2)), (1, Noon.AddHours(1))).State, Noon));

    [Fact]
    public void A_void_ends_what_remains_of_a_batch()
    {
        var account = AccountWith((10, Noon.AddDays(1)), (5, Noon.AddDays(2)));
        account.Do(Debit("d", 4L), Noon);

        var decision = account.Do(Void("v", 2), Noon);

        Assert.Equal((PostOutcome.Posted, 6L, 5L), (decision.Result.Outcome, decision.Result.Credits, decision.Result.Available));
        Assert.Equal(new CreditTotals { Granted = 15, Spent = 4, Voided = 6, Available = 5 }, account.State.Totals);
    }

    [Fact]
    public void A_batch_that_is_unknown_or_used_up_or_voided_or_expired_cannot_be_voided()
    {
        var account = AccountWith((10, Noon.AddDays(1)), (5, Noon.AddDays(2)), (7, Noon.AddDays(3)));
        account.Do(Debit("d", 10L), Noon);
        account.Do(Void("v1", 3), Noon);
        Assert.Equal(PostOutcome.UnknownBatch, account.Do(Void("v2", 99), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.UnknownBatch, account.Do(Void("v3", 2), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.UnknownBatch, account.Do(Void("v4", 3), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.UnknownBatch, account.Do(Void("v5", 4), Noon.AddDays(3)).Result.Outcome);
    }
}

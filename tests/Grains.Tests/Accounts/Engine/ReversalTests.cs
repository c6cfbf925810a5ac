using Connect.Accounts;
using static Connect.Grains.Tests.Accounts.Engine.Build;

namespace Connect.Grains.Tests.Accounts.Engine;

public sealed class ReversalTests
{
    [Fact]
    public void Credits_go_back_to_the_batches_they_were_drawn_from_last_drawn_first()
    {
        var account = AccountWith((10, Noon.AddDays(1)), (10, Noon.AddDays(2)), (10, Noon.AddDays(3)));
        account.Do(Debit("d", 25L), Noon);

        var decision = account.Do(Reverse("r", "d", 17), Noon);

        Assert.Equal<Draw>([new(4, 5), new(3, 10), new(2, 2)], decision.Entries[0].Draws);
        Assert.Equal([(2L, 2L), (3L, 10L), (4L, 10L)], account.State.Live.Select(batch => (batch.Id, batch.Remaining)));
        Assert.Equal(new CreditTotals { Granted = 30, Spent = 8, Available = 22 }, account.State.Totals);
    }

    [Fact]
    public void Parts_of_one_debit_never_overlap_and_end_with_the_debit()
    {
        var account = AccountWith((10, Noon.AddDays(1)), (10, Noon.AddDays(2)));
        account.Do(Debit("d", 15L), Noon);
        account.Do(Reverse("r1", "d", 3), Noon);

        Assert.Equal<Draw>([new(3, 2), new(2, 6)], account.Do(Reverse("r2", "d", 8), Noon).Entries[0].Draws);
        Assert.Equal(PostOutcome.ReversalExceedsDebit, account.Do(Reverse("r3", "d", 5), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.Posted, account.Do(Reverse("r4", "d", 4), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.ReversalExceedsDebit, account.Do(Reverse("r5", "d", 1), Noon).Result.Outcome);
        Assert.Equal(20, account.State.Available);
    }

    [Fact]
    public void A_batch_past_its_expiry_takes_the_credits_back_and_expires_them()
    {
        var account = AccountWith((10, Noon.AddHours(1)), (10, Noon.AddDays(9)));
        account.Do(Debit("d", 14L), Noon);

        var decision = account.Do(Reverse("r", "d", 9), Noon.AddHours(2));

        Assert.Equal([(EntryKind.Reversal, 9L), (EntryKind.Expire, -5L)], decision.Entries.Select(entry => (entry.Kind, entry.Credits)));
        Assert.Equal(10, decision.Result.Available);
        Assert.Equal(new CreditTotals { Granted = 20, Spent = 5, Expired = 5, Available = 10 }, account.State.Totals);
        Assert.Equal(account.State.Totals, account.Refolded().Totals);
    }

    [Fact]
    public void A_voided_batch_takes_the_credits_back_and_they_are_void()
    {
        var account = AccountWith((10, Noon.AddDays(1)));
        account.Do(Debit("d", 4L), Noon);
        account.Do(Void("v", 2), Noon);

        account.Do(Reverse("r", "d", 4), Noon);

        Assert.Equal(new CreditTotals { Granted = 10, Voided = 10 }, account.State.Totals);
        Assert.Empty(account.State.Live);
    }

    [Fact]
    public void What_is_not_a_debit_of_this_account_cannot_be_reversed()
    {
        var account = AccountWith((10, Noon.AddDays(1)));
        Assert.Equal(PostOutcome.UnknownDebit, account.Do(Reverse("r", "nothing", 1), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.UnknownDebit, account.Do(Reverse("r", "grant-1", 1), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.InvalidAmount, account.Do(Reverse("r", "grant-1", 0), Noon).Result.Outcome);
    }

    [Fact]
    public void A_repeated_reversal_gets_the_first_answer()
    {
        var account = AccountWith((10, Noon.AddDays(1)));
        account.Do(Debit("d", 4L), Noon);
        account.Do(Reverse("r", "d", 4), Noon);
        Assert.Equal(PostOutcome.AlreadyPosted, account.Do(Reverse("r", "d", 4), Noon).Result.Outcome);
        Assert.Equal(10, account.State.Available);
    }
}

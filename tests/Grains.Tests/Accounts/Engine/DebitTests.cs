using Connect.Accounts;
using static Connect.Grains.Tests.Accounts.Engine.Build;

namespace Connect.Grains.Tests.Accounts.Engine;

public sealed class DebitTests
{
    [Fact]
    public void Debit_burns_the_batch_that_expires_first()
    {
        var account = AccountWith((100, Noon.AddDays(30)), (40, Noon.AddDays(2)));

        var decision = account.Do(Debit("d", 60L), Noon);

        Assert.Equal<Draw>([new(3, 40), new(2, 20)], decision.Entries[0].Draws);
        Assert.Equal((-60L, 80L), (decision.Entries[0].Credits, decision.Entries[0].BalanceAfter));
        Assert.Equal(80, account.State.Available);
    }

    [Fact]
    public void With_one_expiry_the_batch_granted_first_burns_first_then_the_lower_id()
    {
        var account = OpenAccount();
        var end = Noon.AddDays(10);
        account.Do(Grant("late", 5) with { ExpiresAt = end }, Noon);
        account.Do(Grant("same", 5) with { ExpiresAt = end }, Noon);
        Assert.Equal([2, 3], account.State.Live.Select(batch => batch.Id));
        account.Do(Grant("sooner", 5) with { ExpiresAt = end.AddDays(-1) }, Noon.AddHours(1));

        Assert.Equal([4, 2, 3], account.State.Live.Select(batch => batch.Id));
    }

    [Fact]
    public void A_debit_of_everything_leaves_zero()
    {
        var account = AccountWith((30, Noon.AddDays(1)), (12, Noon.AddDays(2)));
        Assert.Equal(PostOutcome.Posted, account.Do(Debit("d", 42L), Noon).Result.Outcome);
        Assert.Equal(0, account.State.Available);
        Assert.Empty(account.State.Live);
    }

    [Fact]
    public void One_credit_too_many_is_refused_whole()
    {
        var account = AccountWith((30, Noon.AddDays(1)));

        var decision = account.Do(Debit("d", 31L), Noon);

        Assert.Equal(new PostResult { Outcome = PostOutcome.InsufficientCredits, Available = 30, Required = 31 }, decision.Result);
        Assert.Empty(decision.Entries);
    }

    [Fact]
    public void A_refused_debit_may_be_repeated_when_there_are_credits()
    {
        var account = AccountWith((1, Noon.AddDays(1)));
        Assert.Equal(PostOutcome.InsufficientCredits, account.Do(Debit("d", 2L), Noon).Result.Outcome);
        account.Do(Grant("g", 5), Noon);
        Assert.Equal(PostOutcome.Posted, account.Do(Debit("d", 2L), Noon).Result.Outcome);
    }

    [Fact]
    public void Credits_are_usable_one_millisecond_before_the_expiry_and_not_at_it()
    {
        var end = Noon.AddDays(1);
        var before = AccountWith((10, end));
        Assert.Equal(PostOutcome.Posted, before.Do(Debit("d", 10L), end.AddMilliseconds(-1)).Result.Outcome);

        var at = AccountWith((10, end));
        var refused = at.Do(Debit("d", 10L), end);
        Assert.Equal(PostOutcome.InsufficientCredits, refused.Result.Outcome);
        Assert.Equal((EntryKind.Expire, -10L, end), (refused.Entries[0].Kind, refused.Entries[0].Credits, refused.Entries[0].At));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(long.MaxValue)]
    public void Amounts_out_of_bounds_are_refused(long credits) =>
        Assert.Equal(PostOutcome.InvalidAmount, AccountWith((5, Noon.AddDays(1))).Do(Debit("d", credits), Noon).Result.Outcome);

    [Fact]
    public void Recipients_are_paid_in_order_until_the_first_who_cannot_be_paid_in_full()
    {
        var account = AccountWith((5, Noon.AddDays(1)));

        var decision = account.Do(Debit("d", 2, 2, 3, 1), Noon);

        // One credit is left and the fourth would cost one, but the third ended it.
        Assert.Equal(PostOutcome.Posted, decision.Result.Outcome);
        Assert.Equal((2, 4L, 8L, 1L), (decision.Result.AcceptedRecipients, decision.Result.Credits, decision.Result.Required, decision.Result.Available));
        Assert.Equal(2, decision.Entries[0].AcceptedRecipients);
    }

    [Fact]
    public void All_recipients_are_paid_when_it_fits_exactly()
    {
        var account = AccountWith((5, Noon.AddDays(1)));
        var decision = account.Do(Debit("d", 2, 3), Noon);
        Assert.Equal((2, 5L, 0L), (decision.Result.AcceptedRecipients, decision.Result.Credits, decision.Result.Available));
    }

    [Fact]
    public void Nobody_is_paid_when_the_first_recipient_cannot_be()
    {
        var account = AccountWith((1, Noon.AddDays(1)));
        var decision = account.Do(Debit("d", 2, 1), Noon);
        Assert.Equal(PostOutcome.InsufficientCredits, decision.Result.Outcome);
        Assert.Equal((0, 3L), (decision.Result.AcceptedRecipients, decision.Result.Required));
        Assert.Empty(decision.Entries);
    }

    [Fact]
    public void A_repeated_debit_of_recipients_learns_what_was_accepted_the_first_time()
    {
        var account = AccountWith((3, Noon.AddDays(1)));
        account.Do(Debit("d", 1, 1, 2), Noon);
        account.Do(Grant("more", 100), Noon);

        var again = account.Do(Debit("d", 1, 1, 2), Noon);

        Assert.Equal((PostOutcome.AlreadyPosted, 2, 2L), (again.Result.Outcome, again.Result.AcceptedRecipients, again.Result.Credits));
        Assert.Equal(PostOutcome.OperationIdReused, account.Do(Debit("d", 1, 2, 1), Noon).Result.Outcome);
    }

    [Fact]
    public void Lists_that_are_empty_or_too_long_or_hold_a_bad_amount_are_refused()
    {
        var account = AccountWith((5, Noon.AddDays(1)));
        Assert.Equal(PostOutcome.InvalidAmount, account.Do(Debit("d", Array.Empty<int>()), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.InvalidAmount, account.Do(new DebitRecipients { OperationId = "d", CreditsPerRecipient = default }, Noon).Result.Outcome);
        Assert.Equal(PostOutcome.InvalidAmount, account.Do(Debit("d", 1, 0), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.InvalidAmount, account.Do(Debit("d", -1, 2), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.InvalidAmount, account.Do(Debit("d", Enumerable.Repeat(1, 1_001).ToArray()), Noon).Result.Outcome);
    }

    [Fact]
    public void Time_never_runs_backwards_within_an_account()
    {
        var account = AccountWith((5, Noon.AddDays(1)));
        account.Do(Debit("a", 1L), Noon);

        var decision = account.Do(Debit("b", 1L), Noon.AddMinutes(-5));

        Assert.Equal(Noon, decision.Entries[0].At);
    }
}

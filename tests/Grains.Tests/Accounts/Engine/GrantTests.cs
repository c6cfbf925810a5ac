using Connect.Accounts;
using static Connect.Grains.Tests.Accounts.Engine.Build;

namespace Connect.Grains.Tests.Accounts.Engine;

public sealed class GrantTests
{
    [Fact]
    public void A_grant_adds_a_batch_that_ends_after_ninety_days()
    {
        var account = OpenAccount();

        var decision = account.Do(Grant("g", 500), Noon);

        Assert.Equal(PostOutcome.Posted, decision.Result.Outcome);
        Assert.Equal(500, decision.Result.Available);
        var batch = Assert.Single(account.State.Live);
        Assert.Equal((2L, 500L, Noon.AddDays(90)), (batch.Id, batch.Remaining, batch.ExpiresAt));
    }

    [Fact]
    public void Instants_are_cut_to_whole_milliseconds()
    {
        var account = OpenAccount();
        account.Do(Grant("g", 1), Noon.AddTicks(12_345));
        Assert.Equal(Noon.AddMilliseconds(1), account.State.Live[0].GrantedAt);
        Assert.Equal(Noon.AddMilliseconds(1).AddDays(90), account.State.Live[0].ExpiresAt);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    [InlineData(1_000_000_001)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    public void Amounts_out_of_bounds_are_refused(long credits)
    {
        var account = OpenAccount();
        var decision = account.Do(Grant("g", credits), Noon);
        Assert.Equal(PostOutcome.InvalidAmount, decision.Result.Outcome);
        Assert.Empty(decision.Entries);
    }

    [Fact]
    public void A_gift_over_the_balance_limit_is_refused_but_paid_credits_always_arrive()
    {
        var account = AccountWith((AccountLimits.MaxCredits, Noon.AddDays(9)));

        Assert.Equal(PostOutcome.BalanceLimit, account.Do(Grant("gift", 1), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.Posted, account.Do(Grant("paid", 10) with { Source = GrantSource.Purchase, PurchaseId = "p", Paid = 100 }, Noon).Result.Outcome);
        Assert.Equal(AccountLimits.MaxCredits + 10, account.State.Available);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(4_000 * 86_400)]
    public void An_expiry_that_is_not_ahead_or_absurdly_far_is_refused(int seconds)
    {
        var account = OpenAccount();
        Assert.Equal(PostOutcome.InvalidExpiry, account.Do(Grant("g", 1) with { ExpiresAt = Noon.AddSeconds(seconds) }, Noon).Result.Outcome);
    }

    [Fact]
    public void An_account_that_was_never_opened_takes_nothing()
    {
        var account = new Build();
        Assert.Equal(PostOutcome.UnknownAccount, account.Do(Grant("g", 1), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.UnknownAccount, account.Do(Debit("d", 1L), Noon).Result.Outcome);
        Assert.Equal(0, account.State.Sequence);
    }

    [Fact]
    public void Opening_twice_is_harmless()
    {
        var account = OpenAccount();
        var again = account.Do(new OpenAccount { OperationId = "open-again" }, Noon);
        Assert.Equal(PostOutcome.AlreadyPosted, again.Result.Outcome);
        Assert.Equal(1, account.State.Sequence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("~expire:2")]
    [InlineData("a\nb")]
    public void Operation_ids_that_are_empty_or_the_accounts_own_or_unprintable_are_refused(string operationId)
    {
        var account = OpenAccount();
        Assert.Equal(PostOutcome.InvalidOperationId, account.Do(Grant(operationId, 1), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.InvalidOperationId, account.Do(Grant(new string('x', 201), 1), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.InvalidText, account.Do(Grant("g", 1) with { Reference = new string('x', 301) }, Noon).Result.Outcome);
    }

    [Fact]
    public void Text_that_a_store_could_not_keep_is_refused()
    {
        var account = OpenAccount();
        foreach (var text in new[] { "zero \0", "half a pair \uD83D", "the other half \uDE00", "\uD83Dx" })
        {
            Assert.Equal(PostOutcome.InvalidText, account.Do(Grant("g", 1) with { Reference = text }, Noon).Result.Outcome);
            Assert.Equal(PostOutcome.InvalidText, account.Do(Grant("g", 1) with { Actor = text }, Noon).Result.Outcome);
            Assert.Equal(PostOutcome.InvalidText, account.Do(Grant("g", 1) with { PurchaseId = text }, Noon).Result.Outcome);
        }

        Assert.Equal(PostOutcome.Posted, account.Do(Grant("g", 1) with { Reference = "a whole pair \U0001F600" }, Noon).Result.Outcome);
    }

    [Fact]
    public void The_same_operation_with_the_same_content_gets_the_first_answer()
    {
        var account = OpenAccount();
        var first = account.Do(Grant("g", 70), Noon);
        account.Do(Debit("d", 20L), Noon);

        var again = account.Do(Grant("g", 70) with { Actor = "someone else" }, Noon.AddHours(1));

        Assert.Equal(first.Result with { Outcome = PostOutcome.AlreadyPosted }, again.Result);
        Assert.Empty(again.Entries);
    }

    [Fact]
    public void The_same_operation_with_other_content_is_refused()
    {
        var account = OpenAccount();
        account.Do(Grant("g", 70), Noon);

        Assert.Equal(PostOutcome.OperationIdReused, account.Do(Grant("g", 71), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.OperationIdReused, account.Do(Grant("g", 70) with { Source = GrantSource.Manual }, Noon).Result.Outcome);
        Assert.Equal(PostOutcome.OperationIdReused, account.Do(Grant("g", 70) with { Reference = "other" }, Noon).Result.Outcome);
        Assert.Equal(PostOutcome.OperationIdReused, account.Do(Debit("g", 70L), Noon).Result.Outcome);
        Assert.Equal(70, account.State.Available);
    }
}

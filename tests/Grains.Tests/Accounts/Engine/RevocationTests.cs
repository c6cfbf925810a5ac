using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using static Connect.Grains.Tests.Accounts.Engine.Build;

namespace Connect.Grains.Tests.Accounts.Engine;

/// <summary>Credits whose money goes back, and comes again.</summary>
public sealed class RevocationTests
{
    private static Build AccountThatBought(long credits)
    {
        var account = OpenAccount();
        account.Do(Bought("p", credits), Noon);
        return account;
    }

    [Fact]
    public void Unused_credits_of_the_purchase_are_taken_and_those_of_others_are_not()
    {
        var account = AccountThatBought(100);
        account.Do(Bought("other", 30), Noon);

        var decision = account.Do(Revoke("refund:1", "p", 100), Noon.AddDays(1));

        Assert.Equal((PostOutcome.Posted, 100L, 0L, 30L), (decision.Result.Outcome, decision.Result.Credits, decision.Result.Shortfall, decision.Result.Available));
        Assert.Equal<Draw>([new(2, 100)], decision.Entries[0].Draws);
        Assert.Equal([(3L, 30L)], account.State.Live.Select(batch => (batch.Id, batch.Remaining)));
        Assert.Equal(new CreditTotals { Granted = 130, Revoked = 100, Available = 30 }, account.State.Totals);
    }

    [Fact]
    public void What_was_spent_is_the_shortfall_and_the_balance_stays_at_zero()
    {
        var account = AccountThatBought(100);
        account.Do(Debit("d", 70L), Noon);

        var result = account.Do(Revoke("refund:1", "p", 100), Noon).Result;

        Assert.Equal((30L, 70L, 0L), (result.Credits, result.Shortfall, result.Available));
        Assert.Equal(new CreditTotals { Granted = 100, Spent = 70, Revoked = 30 }, account.State.Totals);
        Assert.Equal((PostOutcome.AlreadyPosted, 30L, 70L), account.Do(Revoke("refund:1", "p", 100), Noon.AddDays(9)).Result is var again ? (again.Outcome, again.Credits, again.Shortfall) : default);
    }

    [Fact]
    public void A_purchase_whose_credits_have_expired_is_all_shortfall()
    {
        var account = AccountThatBought(100);

        var result = account.Do(Revoke("dispute:1", "p", 100), Noon.AddDays(90)).Result;

        Assert.Equal((PostOutcome.Posted, 0L, 100L), (result.Outcome, result.Credits, result.Shortfall));
        Assert.Equal(new CreditTotals { Granted = 100, Expired = 100 }, account.State.Totals);
        Assert.Empty(account.State.Shortfalls);
        Assert.Equal(0, account.Do(Restore("undo", "dispute:1"), Noon.AddDays(91)).Result.Credits);
        Assert.Empty(account.State.Live);
    }

    [Fact]
    public void Credits_that_come_back_later_are_taken_up_to_the_shortfall_oldest_revocation_first()
    {
        var account = AccountThatBought(100);
        account.Do(Debit("d", 90L), Noon);
        account.Do(Revoke("refund:1", "p", 40), Noon);
        account.Do(Revoke("refund:2", "p", 20), Noon);

        var decision = account.Do(Reverse("r", "d", 60), Noon);

        Assert.Equal(
            [(EntryKind.Reversal, 60L, 3L), (EntryKind.Revoke, -30L, 4L), (EntryKind.Revoke, -20L, 5L)], decision.Entries.Select(entry => (entry.Kind, entry.Credits, entry.Reverses)));
        Assert.Equal(10, decision.Result.Available);
        Assert.Equal(new CreditTotals { Granted = 100, Spent = 30, Revoked = 60, Available = 10 }, account.State.Totals);
        Assert.Empty(account.State.Shortfalls);
    }

    [Fact]
    public void Credits_that_come_back_to_another_purchase_are_left_alone()
    {
        var account = AccountThatBought(100);
        account.Do(Debit("d", 100L), Noon);
        account.Do(Bought("other", 50), Noon);
        account.Do(Debit("d2", 50L), Noon);
        account.Do(Revoke("refund:1", "p", 100), Noon);

        Assert.Equal(50, account.Do(Reverse("r", "d2", 50), Noon).Result.Available);
    }

    [Fact]
    public void An_undone_revocation_gives_back_what_it_took_early_and_late_with_the_life_that_was_left()
    {
        var account = AccountThatBought(100);
        account.Do(Debit("d", 90L), Noon);
        account.Do(Revoke("dispute:1", "p", 100), Noon.AddDays(10));
        account.Do(Reverse("r", "d", 25), Noon.AddDays(20));
        Assert.Equal(0, account.State.Available);

        var decision = account.Do(Restore("dispute-undone:1", "dispute:1"), Noon.AddDays(85));

        Assert.Equal((PostOutcome.Posted, 35L, 35L), (decision.Result.Outcome, decision.Result.Credits, decision.Result.Available));
        var batch = Assert.Single(account.State.Live);
        Assert.Equal((decision.Result.Sequence, GrantSource.Purchase, "p", 35L), (batch.Id, batch.Source, batch.PurchaseId, batch.Remaining));
        Assert.Equal(Noon.AddDays(85 + 80), batch.ExpiresAt);
        Assert.Equal(new CreditTotals { Granted = 100, Spent = 65, Available = 35 }, account.State.Totals);

        // Its shortfall is forgotten: what comes back now stays.
        Assert.Equal(35 + 5, account.Do(Reverse("r2", "d", 5), Noon.AddDays(85)).Result.Available);
    }

    [Fact]
    public void A_revocation_is_undone_once()
    {
        var account = AccountThatBought(100);
        account.Do(Revoke("refund:1", "p", 60), Noon);
        account.Do(Restore("undo", "refund:1"), Noon);

        Assert.Equal(PostOutcome.AlreadyPosted, account.Do(Restore("undo", "refund:1"), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.NotApplicable, account.Do(Restore("undo again", "refund:1"), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.OperationIdReused, account.Do(Restore("refund:1", "refund:1"), Noon).Result.Outcome);
        Assert.Equal(100, account.State.Available);
    }

    [Fact]
    public void Restored_credits_can_be_revoked_again()
    {
        var account = AccountThatBought(100);
        account.Do(Revoke("dispute:1", "p", 100), Noon);
        account.Do(Restore("dispute-undone:1", "dispute:1"), Noon.AddDays(1));

        var result = account.Do(Revoke("dispute:1:2", "p", 100), Noon.AddDays(2)).Result;

        Assert.Equal((100L, 0L, 0L), (result.Credits, result.Shortfall, result.Available));
        Assert.Equal(new CreditTotals { Granted = 100, Revoked = 100 }, account.State.Totals);
    }

    [Fact]
    public void What_no_purchase_granted_can_not_be_revoked()
    {
        var account = AccountThatBought(100);
        account.Do(Grant("purchase:gift", 10), Noon);
        Assert.Equal(PostOutcome.UnknownPurchase, account.Do(Revoke("x", "nothing", 1), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.UnknownPurchase, account.Do(Revoke("x", "gift", 1), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.InvalidAmount, account.Do(Revoke("x", "p", 101), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.InvalidAmount, account.Do(Revoke("x", "p", 0), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.InvalidText, account.Do(Revoke("x", "a\0b", 1), Noon).Result.Outcome);
    }

    [Fact]
    public void What_is_no_revocation_can_not_be_restored()
    {
        var account = AccountThatBought(100);
        account.Do(Debit("d", 100L), Noon);
        account.Do(Revoke("refund:1", "p", 100), Noon);
        account.Do(Reverse("r", "d", 40), Noon);
        var later = account.Entries[^1];
        Assert.Equal((EntryKind.Revoke, "~revoke:2:5:4"), (later.Kind, later.OperationId));

        Assert.Equal(PostOutcome.UnknownRevocation, account.Do(Restore("x", "nothing"), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.UnknownRevocation, account.Do(Restore("x", "d"), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.UnknownRevocation, account.Do(Restore("x", later.OperationId), Noon).Result.Outcome);
    }

    [Theory]
    [InlineData(SuspensionReason.Dispute)]
    [InlineData(SuspensionReason.EarlyFraudWarning)]
    [InlineData(SuspensionReason.NeedsReview)]
    public void Auto_top_up_stopped_from_outside_takes_an_operator(SuspensionReason reason)
    {
        var account = OpenAccount();
        account.Do(TopUp("set", 50, 100), Noon);
        var purchase = account.State.AutoTopUp.InFlight!;

        account.Do(new StopAutoTopUp { OperationId = "stop", Reason = reason, Message = "A payment is disputed." }, Noon);

        Assert.Equal(purchase, account.State.AutoTopUp.InFlight);
        account.Do(new SuspendAutoTopUp { OperationId = "failed", PurchaseId = purchase, Reason = SuspensionReason.CardDeclined }, Noon);
        Assert.Null(account.State.AutoTopUp.InFlight);
        Assert.Equal((AutoTopUpStatus.Suspended, reason), (AutoTopUpRules.Status(account.State.AutoTopUp, Noon), account.State.AutoTopUp.Suspended!.Value));
        Assert.Equal("Paused: A payment is disputed.", AutoTopUpRules.View(account.State, Noon).Reason);
        foreach (var cause in new[] { ResumeCause.Card, ResumeCause.Owner })
            Assert.Equal(PostOutcome.NotApplicable, account.Do(new ResumeAutoTopUp { OperationId = $"by {cause}", Cause = cause }, Noon).Result.Outcome);
        Assert.Equal(PostOutcome.Posted, account.Do(new ResumeAutoTopUp { OperationId = "by operator", Cause = ResumeCause.Operator }, Noon).Result.Outcome);
        Assert.NotNull(account.State.AutoTopUp.InFlight);
    }

    [Fact]
    public void A_top_up_in_flight_still_brings_its_credits_after_a_stop_and_none_follows()
    {
        var account = OpenAccount();
        account.Do(TopUp("set", 50, 100), Noon);
        account.Do(new StopAutoTopUp { OperationId = "stop", Reason = SuspensionReason.Dispute }, Noon);
        account.Do(Bought(account.State.AutoTopUp.InFlight!, 100) with { Source = GrantSource.AutoTopUp }, Noon);

        account.Do(Debit("d", 90L), Noon);

        Assert.Null(account.State.AutoTopUp.InFlight);
        Assert.Equal(10, account.State.Available);
    }

    [Theory]
    [InlineData(SuspensionReason.CardDeclined)]
    [InlineData(SuspensionReason.CardExpired)]
    [InlineData(SuspensionReason.NoCard)]
    [InlineData(SuspensionReason.AuthenticationRequired)]
    [InlineData(SuspensionReason.MonthlyCap)]
    public void Nothing_outside_of_a_top_up_stops_it_for_a_reason_that_a_card_or_a_month_ends(SuspensionReason reason) =>
        Assert.Equal(PostOutcome.NotApplicable, OpenAccount().Do(new StopAutoTopUp { OperationId = "stop", Reason = reason }, Noon).Result.Outcome);
}

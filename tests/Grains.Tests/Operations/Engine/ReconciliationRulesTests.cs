using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Operations.Engine;
using Connect.Grains.Purchases.Engine;
using Connect.Operations;
using Connect.Purchases;

namespace Connect.Grains.Tests.Operations.Engine;

/// <summary>A case for every verdict of a reconciliation.</summary>
public sealed class ReconciliationRulesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    private static readonly IntentReading Charge = new()
    {
        Id = "pi_1", Status = IntentStatus.Succeeded, Amount = 9_790, AmountReceived = 9_790, Currency = "AUD", CustomerId = "cus_1", PurchaseKey = "a/p", LiveMode = false,
    };

    private static readonly PurchaseView Bought = new()
    {
        Id = "p", Status = PurchaseStatus.Succeeded, Credits = 1_000, Total = Money.Aud(9_790), State = "Credited", PaymentIntentId = "pi_1", RequestedAt = Noon,
    };

    private static readonly BoughtGrant Credits = new() { AccountId = "a", Sequence = 2, PurchaseId = "p", Credits = 1_000, Paid = 9_790, At = Noon };

    private static readonly PurchaseView Waits = Bought with { Status = PurchaseStatus.Failed, State = "NeedsReview", Finding = "intent asks for 1 instead of 2" };

    [Fact]
    public void Money_and_credits_that_agree_are_fine()
    {
        Fine(ReconciliationRules.OfIntent(Charge, Bought, Credits));
        Fine(ReconciliationRules.OfGrant(Credits, Bought, Charge));
    }

    [Theory]
    [InlineData(IntentStatus.RequiresConfirmation)]
    [InlineData(IntentStatus.RequiresAction)]
    [InlineData(IntentStatus.RequiresPaymentMethod)]
    [InlineData(IntentStatus.Processing)]
    [InlineData(IntentStatus.Canceled)]
    public void What_charged_nothing_is_fine(IntentStatus status) => Fine(ReconciliationRules.OfIntent(Charge with { Status = status, PurchaseKey = null }, null, null));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a/p/q")]
    [InlineData("a/")]
    [InlineData("a b/p")]
    public void A_charge_that_names_no_purchase_of_ours_is_foreign(string? key) =>
        Wrong(PaymentFindingKind.ForeignPayment, ReconciliationRules.OfIntent(Charge with { PurchaseKey = key }, null, null));

    [Fact]
    public void A_charge_of_a_purchase_that_is_not_known_takes_a_person() =>
        Wrong(PaymentFindingKind.UnknownPurchase, ReconciliationRules.OfIntent(Charge, null, Credits));

    [Fact]
    public void A_second_charge_of_one_purchase_takes_a_person() =>
        Wrong(PaymentFindingKind.SecondPayment, ReconciliationRules.OfIntent(Charge with { Id = "pi_2" }, Bought, Credits));

    [Fact]
    public void A_charge_of_another_amount_or_currency_takes_a_person()
    {
        Wrong(PaymentFindingKind.WrongAmount, ReconciliationRules.OfIntent(Charge with { AmountReceived = 9_789 }, Bought, Credits));
        Wrong(PaymentFindingKind.WrongAmount, ReconciliationRules.OfIntent(Charge with { Currency = "USD" }, Bought, Credits));
        Wrong(PaymentFindingKind.WrongAmount, ReconciliationRules.OfIntent(Charge, Bought, Credits with { Credits = 999 }));
        Wrong(PaymentFindingKind.WrongAmount, ReconciliationRules.OfGrant(Credits, Bought, Charge with { AmountReceived = 1 }));
        Wrong(PaymentFindingKind.WrongAmount, ReconciliationRules.OfGrant(Credits, Bought, Charge with { Currency = "USD" }));
        Wrong(PaymentFindingKind.WrongAmount, ReconciliationRules.OfGrant(Credits, Bought, Charge with { PurchaseKey = "a/other" }));
    }

    [Fact]
    public void A_charge_without_credits_may_heal()
    {
        Sick(PaymentFindingKind.PaidWithoutCredits, ReconciliationRules.OfIntent(Charge, Bought with { Status = PurchaseStatus.Processing, State = "Confirming" }, null));
        Sick(PaymentFindingKind.PaidWithoutCredits, ReconciliationRules.OfIntent(Charge, Bought with { Status = PurchaseStatus.Failed, State = "Canceled" }, null));
        Sick(PaymentFindingKind.PaidWithoutCredits, ReconciliationRules.OfIntent(Charge, Bought, null));
    }

    [Fact]
    public void A_charge_whose_purchase_waits_for_a_person_is_told_until_one_has_closed_it()
    {
        Wrong(PaymentFindingKind.NeedsReview, ReconciliationRules.OfIntent(Charge, Waits, null));
        Fine(ReconciliationRules.OfIntent(Charge, Waits with { Review = new() { Reason = "refunded by hand", Actor = "kate", At = Noon } }, null));

        // Another charge than the one that was looked at is news.
        Wrong(PaymentFindingKind.NeedsReview, ReconciliationRules.OfIntent(Charge with { Id = "pi_2" }, Waits with { Review = new() { Reason = "refunded", Actor = "kate", At = Noon } }, null));
    }

    [Fact]
    public void Credits_without_a_payment_take_a_person()
    {
        Wrong(PaymentFindingKind.CreditsWithoutPayment, ReconciliationRules.OfGrant(Credits, null, null));
        Wrong(PaymentFindingKind.CreditsWithoutPayment, ReconciliationRules.OfGrant(Credits, Bought with { PaymentIntentId = null }, null));
        Wrong(PaymentFindingKind.CreditsWithoutPayment, ReconciliationRules.OfGrant(Credits, Bought, null));
        Wrong(PaymentFindingKind.CreditsWithoutPayment, ReconciliationRules.OfGrant(Credits, Bought, Charge with { Status = IntentStatus.Canceled, AmountReceived = 0 }));
    }

    [Theory]
    [InlineData("succeeded", RefundStatus.Succeeded, true, true)]
    [InlineData("pending", RefundStatus.Pending, true, true)]
    [InlineData("failed", RefundStatus.Failed, true, true)]
    [InlineData("canceled", RefundStatus.Failed, true, true)]
    [InlineData("failed", RefundStatus.Succeeded, true, false)]
    [InlineData("succeeded", RefundStatus.Failed, true, false)]
    [InlineData("succeeded", RefundStatus.Succeeded, false, false)]
    public void A_refund_is_fine_when_it_is_settled_here_as_it_is_there(string there, RefundStatus here, bool settled, bool fine)
    {
        var refund = new RefundReading { Id = "re_1", IntentId = "pi_1", Amount = 100, Currency = "AUD", Status = there, CreatedAt = Noon };
        var known = new MoneyBackView { Settled = settled, Refunds = [new() { Id = "re_1", Status = here, Actor = "kate", At = Noon }] };

        var verdict = ReconciliationRules.OfRefund(refund, "a/p", Bought, known);

        if (fine) Fine(verdict);
        else Sick(PaymentFindingKind.MoneyBackNotSettled, verdict);
        Sick(PaymentFindingKind.MoneyBackNotSettled, ReconciliationRules.OfRefund(refund, "a/p", Bought, new()));
        Fine(ReconciliationRules.OfRefund(refund, "a/p", Waits, new()));
        Fine(ReconciliationRules.OfRefund(refund, "a/p", null, new()));
    }

    [Theory]
    [InlineData("needs_response", "needs_response", true, true, true)]
    [InlineData("won", "won", false, true, true)]
    [InlineData("lost", "lost", true, true, true)]
    [InlineData("won", "needs_response", true, true, false)]
    [InlineData("won", "won", true, true, false)]
    [InlineData("lost", "lost", true, false, false)]
    public void A_dispute_is_fine_when_it_is_settled_here_as_it_is_there(string there, string here, bool holds, bool settled, bool fine)
    {
        var dispute = new DisputeReading { Id = "dp_1", IntentId = "pi_1", Amount = 100, Currency = "AUD", Status = there, CreatedAt = Noon };
        var known = new MoneyBackView { Settled = settled, Disputes = [new() { Id = "dp_1", Amount = Money.Aud(100), Status = here, At = Noon, Holds = holds }] };

        var verdict = ReconciliationRules.OfDispute(dispute, "a/p", Bought, known);

        if (fine) Fine(verdict);
        else Sick(PaymentFindingKind.MoneyBackNotSettled, verdict);
        Sick(PaymentFindingKind.MoneyBackNotSettled, ReconciliationRules.OfDispute(dispute, "a/p", Bought, new()));
        Sick(PaymentFindingKind.MoneyBackNotSettled, ReconciliationRules.OfDispute(dispute, "a/p", Waits, new()));
        Fine(ReconciliationRules.OfDispute(dispute, "a/p", Waits with { State = "Declined" }, new()));
        Fine(ReconciliationRules.OfDispute(dispute, "a/p", null, new()));
    }

    [Fact]
    public void An_early_fraud_warning_is_fine_once_it_is_known_and_settled()
    {
        var warning = new WarningReading { Id = "issfr_1", IntentId = "pi_1", CreatedAt = Noon };
        var known = new MoneyBackView { EarlyFraudWarnings = ["issfr_1"] };
        Fine(ReconciliationRules.OfWarning(warning, "a/p", Bought, known));
        Sick(PaymentFindingKind.MoneyBackNotSettled, ReconciliationRules.OfWarning(warning, "a/p", Waits, new()));
        Fine(ReconciliationRules.OfWarning(warning, "a/p", Waits with { State = "Declined" }, new()));
        Fine(ReconciliationRules.OfWarning(warning, "a/p", null, new()));
        Sick(PaymentFindingKind.MoneyBackNotSettled, ReconciliationRules.OfWarning(warning, "a/p", Bought, known with { Settled = false }));
        Sick(PaymentFindingKind.MoneyBackNotSettled, ReconciliationRules.OfWarning(warning, "a/p", Bought, new()));
    }

    [Fact]
    public void Every_stage_comes_once()
    {
        var stages = new List<RunStage> { RunStage.Accounts };
        while (stages[^1] != RunStage.Again) stages.Add(ReconciliationRules.After(stages[^1]));
        Assert.Equal([RunStage.Accounts, RunStage.Intents, RunStage.Refunds, RunStage.Disputes, RunStage.Warnings, RunStage.Grants, RunStage.Again], stages);
        Assert.Equal(Enum.GetValues<RunStage>().Length, stages.Count);
    }

    private static void Fine(Verdict verdict) => Assert.Null(verdict.Kind);

    private static void Wrong(PaymentFindingKind kind, Verdict verdict)
    {
        Assert.Equal((kind, false), (verdict.Kind, verdict.MayHeal));
        Assert.NotEmpty(verdict.Words);
    }

    private static void Sick(PaymentFindingKind kind, Verdict verdict) => Assert.Equal((kind, true), (verdict.Kind, verdict.MayHeal));
}

using Connect.Grains.Purchases.Engine;
using Connect.Purchases;
using static Connect.Grains.Tests.Purchases.Engine.PurchaseBuild;

namespace Connect.Grains.Tests.Purchases.Engine;

/// <summary>What each answer makes of each state.</summary>
public sealed class LearnTests
{
    [Fact]
    public void The_created_intents_id_is_kept()
    {
        var created = Manual(PurchasePhase.Requested).Learns(PurchaseCall.CreateIntent, new Learned.IntentRead(Intent(IntentStatus.RequiresConfirmation)));
        Assert.Equal((PurchasePhase.IntentCreated, "pi_1", false), (created.Phase, created.IntentId, created.LiveMode!.Value));
    }

    [Theory]
    [InlineData(PurchasePhase.Requested)]
    [InlineData(PurchasePhase.IntentCreated)]
    [InlineData(PurchasePhase.Confirming)]
    [InlineData(PurchasePhase.RequiresAction)]
    [InlineData(PurchasePhase.Declined)]
    [InlineData(PurchasePhase.Canceled)]
    public void An_intent_that_succeeded_is_paid_whatever_was_believed_before(PurchasePhase phase)
    {
        var paid = (Manual(phase) with { Failure = Failures.TimedOut, FenceTo = PurchasePhase.Canceled, Failures = 3, NotBefore = Noon }).Reads(Intent(IntentStatus.Succeeded));
        Assert.Equal((PurchasePhase.Paid, (PurchaseFailure?)null, (PurchasePhase?)null, 0), (paid.Phase, paid.Failure, paid.FenceTo, paid.Failures));
        Assert.Equal(PurchaseCall.GrantCredits, paid.Next().Call);
    }

    [Theory]
    [InlineData(PurchasePhase.Quoted)]
    [InlineData(PurchasePhase.Paid)]
    [InlineData(PurchasePhase.Credited)]
    [InlineData(PurchasePhase.NeedsReview)]
    public void A_late_reading_changes_nothing_that_is_settled(PurchasePhase phase)
    {
        foreach (var status in Enum.GetValues<IntentStatus>()) Assert.Equal(Manual(phase), Manual(phase).Reads(Intent(status)));
    }

    [Theory]
    [InlineData(PurchasePhase.Declined)]
    [InlineData(PurchasePhase.Canceled)]
    public void A_failed_purchase_stays_failed_unless_it_was_paid(PurchasePhase phase)
    {
        foreach (var status in Enum.GetValues<IntentStatus>().Except([IntentStatus.Succeeded])) Assert.Equal(Manual(phase), Manual(phase).Reads(Intent(status)));
    }

    [Theory]
    [InlineData("card_declined", "generic_decline", FailureCode.CardDeclined)]
    [InlineData("card_declined", "lost_card", FailureCode.CardDeclined)]
    [InlineData("card_declined", "stolen_card", FailureCode.CardDeclined)]
    [InlineData("card_declined", "fraudulent", FailureCode.CardDeclined)]
    [InlineData("card_declined", "insufficient_funds", FailureCode.InsufficientFunds)]
    [InlineData("expired_card", null, FailureCode.CardExpired)]
    [InlineData("authentication_required", "authentication_required", FailureCode.AuthenticationRequired)]
    [InlineData("payment_intent_authentication_failure", null, FailureCode.CardDeclined)]
    [InlineData(null, null, FailureCode.CardDeclined)]
    public void A_failed_attempt_is_a_decline_with_a_reason_that_never_betrays_a_lost_card(string? code, string? declineCode, FailureCode expected)
    {
        var declined = Manual(PurchasePhase.Confirming).Reads(Intent(IntentStatus.RequiresPaymentMethod) with { ErrorCode = code, DeclineCode = declineCode });

        Assert.Equal((PurchasePhase.Declined, expected, true), (declined.Phase, declined.Failure!.Code, declined.Ended));
        Assert.Contains("0341", declined.Failure.Message, StringComparison.Ordinal);
        Assert.Contains("Nothing was charged", declined.Failure.Message, StringComparison.Ordinal);
        Assert.DoesNotMatch("(?i)lost|stolen|fraud", declined.Failure.Message);
    }

    [Fact]
    public void A_confirm_that_did_not_happen_is_sent_again_with_the_same_key()
    {
        var again = Manual(PurchasePhase.Confirming).Fails(PurchaseCall.ConfirmIntent, Technical());
        Assert.Equal((PurchasePhase.Confirming, 1, 1, Noon.AddSeconds(0.5)), (again.Phase, again.ConfirmNumber, again.Failures, again.NotBefore!.Value));
        Assert.Equal(PurchaseCall.ReadIntent, again.Next(Noon.AddSeconds(0.5)).Call);

        var read = again.Reads(Intent(IntentStatus.RequiresConfirmation), Noon.AddSeconds(1));
        var step = read.Next(Noon.AddSeconds(1));
        Assert.Equal((PurchaseCall.ConfirmIntent, 1, Noon), (step.Call, step.State.ConfirmNumber, step.State.ConfirmingSince!.Value));
        Assert.Equal(TimeSpan.FromSeconds(1), step.State.Fails(PurchaseCall.ConfirmIntent, Technical(), Noon).NotBefore - Noon);
    }

    [Fact]
    public void A_key_that_keeps_an_error_is_replaced_by_the_next()
    {
        Assert.Equal(2, Manual(PurchasePhase.Confirming).Fails(PurchaseCall.ConfirmIntent, Technical(keySpent: true)).ConfirmNumber);
        Assert.Equal(1, Manual(PurchasePhase.Confirming).Fails(PurchaseCall.ReadIntent, Technical(keySpent: true)).ConfirmNumber);

        var create = Automatic(PurchasePhase.Requested).Fails(PurchaseCall.CreateIntent, Technical(keySpent: true));
        Assert.Equal((true, 1), (create.MustFind, create.IntentNumber));
        var missing = create.Learns(PurchaseCall.FindIntent, new Learned.IntentMissing());
        Assert.Equal((false, 2, (DateTimeOffset?)null), (missing.MustFind, missing.IntentNumber, missing.CreatingSince));
        var found = create.Learns(PurchaseCall.FindIntent, new Learned.IntentRead(Intent(IntentStatus.RequiresConfirmation)));
        Assert.Equal((PurchasePhase.IntentCreated, "pi_1", 1, false), (found.Phase, found.IntentId, found.IntentNumber, found.MustFind));
    }

    [Fact]
    public void A_key_that_was_used_for_something_else_is_replaced_too()
    {
        var problem = new StripeProblem { Kind = ProblemKind.Refused, Code = "idempotency_error", KeySpent = true };
        Assert.True(Manual(PurchasePhase.Requested).Fails(PurchaseCall.CreateIntent, problem).MustFind);
        Assert.Equal(2, Manual(PurchasePhase.Confirming).Fails(PurchaseCall.ConfirmIntent, problem).ConfirmNumber);
    }

    [Theory]
    [InlineData(PurchasePhase.Requested, PurchaseCall.CreateIntent)]
    [InlineData(PurchasePhase.Requested, PurchaseCall.FindIntent)]
    [InlineData(PurchasePhase.Requested, PurchaseCall.ChooseCard)]
    [InlineData(PurchasePhase.Confirming, PurchaseCall.ConfirmIntent)]
    [InlineData(PurchasePhase.Confirming, PurchaseCall.ReadIntent)]
    [InlineData(PurchasePhase.Confirming, PurchaseCall.CancelIntent)]
    [InlineData(PurchasePhase.RequiresAction, PurchaseCall.ReadIntent)]
    [InlineData(PurchasePhase.Paid, PurchaseCall.GrantCredits)]
    [InlineData(PurchasePhase.Credited, PurchaseCall.TellAccount)]
    public void A_technical_failure_changes_no_state_and_is_no_decline(PurchasePhase phase, PurchaseCall call)
    {
        var before = Manual(phase);
        Assert.Equal(before with { Failures = 1, NotBefore = Noon.AddSeconds(0.5) }, before.Fails(call, Technical()));
    }

    [Fact]
    public void A_declined_confirm_is_decided_by_the_reading_that_follows()
    {
        var declined = Manual(PurchasePhase.Confirming).Fails(PurchaseCall.ConfirmIntent, new() { Kind = ProblemKind.Declined, Code = "card_declined" });
        Assert.Equal((PurchasePhase.Confirming, PurchaseCall.ReadIntent), (declined.Phase, declined.Next().Call));
        Assert.Equal(PurchasePhase.Declined, declined.Reads(Intent(IntentStatus.RequiresPaymentMethod)).Phase);
        Assert.Equal(PurchasePhase.Paid, declined.Reads(Intent(IntentStatus.Succeeded)).Phase);
    }

    [Fact]
    public void A_refused_confirm_is_fenced_and_left_to_an_operator()
    {
        var refused = Manual(PurchasePhase.Confirming).Fails(PurchaseCall.ConfirmIntent, new() { Kind = ProblemKind.Refused, Code = "parameter_unknown" });
        var fence = refused.Reads(Intent(IntentStatus.RequiresConfirmation)).Next();
        Assert.Equal((PurchaseCall.ReadIntent, PurchasePhase.NeedsReview), (fence.Call, fence.State.FenceTo));
        Assert.Equal(PurchaseCall.CancelIntent, fence.State.Reads(Intent(IntentStatus.RequiresConfirmation)).Next().Call);

        var ended = fence.State.Reads(Intent(IntentStatus.Canceled));
        Assert.Equal((PurchasePhase.NeedsReview, Failures.NeedsReview, "ConfirmIntent: parameter_unknown"), (ended.Phase, ended.Failure, ended.Finding));
    }

    [Fact]
    public void A_card_that_was_removed_is_a_decline()
    {
        var problem = new StripeProblem { Kind = ProblemKind.Refused, Code = "resource_missing", Parameter = "payment_method" };
        Assert.Equal((PurchasePhase.Declined, FailureCode.CardDeclined), Outcome(Manual(PurchasePhase.Requested).Fails(PurchaseCall.CreateIntent, problem)));

        var fence = Manual(PurchasePhase.Confirming).Fails(PurchaseCall.ConfirmIntent, problem).Reads(Intent(IntentStatus.RequiresConfirmation)).Next();
        Assert.Equal(PurchaseCall.ReadIntent, fence.Call);
        Assert.Equal((PurchasePhase.Declined, FailureCode.CardDeclined), Outcome(fence.State.Reads(Intent(IntentStatus.Canceled))));
    }

    [Fact]
    public void A_create_that_the_bank_declines_is_a_decline() => Assert.Equal(
        (PurchasePhase.Declined, FailureCode.CardExpired),
        Outcome(Manual(PurchasePhase.Requested).Fails(PurchaseCall.CreateIntent, new() { Kind = ProblemKind.Declined, Code = "expired_card" })));

    [Theory]
    [InlineData(PurchasePhase.Requested, PurchaseCall.CreateIntent)]
    [InlineData(PurchasePhase.Requested, PurchaseCall.FindIntent)]
    [InlineData(PurchasePhase.Confirming, PurchaseCall.ReadIntent)]
    public void Any_other_refusal_needs_an_operator(PurchasePhase phase, PurchaseCall call) => Assert.Equal(
        (PurchasePhase.NeedsReview, FailureCode.NeedsReview), Outcome(Manual(phase).Fails(call, new() { Kind = ProblemKind.Refused, Code = "amount_too_small", Parameter = "amount" })));

    [Fact]
    public void Credits_that_the_account_refuses_stay_owed()
    {
        var owed = Manual(PurchasePhase.Paid).Fails(PurchaseCall.GrantCredits, new() { Kind = ProblemKind.Refused, Code = "BalanceLimit" });
        Assert.Equal((PurchasePhase.Paid, 1, "GrantCredits: BalanceLimit"), (owed.Phase, owed.Failures, owed.Finding));
    }

    [Fact]
    public void Granted_credits_end_it()
    {
        var credited = (Automatic(PurchasePhase.Paid) with { Failures = 4, NotBefore = Noon }).Learns(PurchaseCall.GrantCredits, new Learned.CreditsGranted());
        Assert.Equal(Automatic(PurchasePhase.Credited), credited);
        Assert.True(credited.Ended);
    }

    [Fact]
    public void A_refused_cancel_is_read_and_then_paid_or_tried_again()
    {
        var fence = Manual(PurchasePhase.Confirming) with { FenceTo = PurchasePhase.Canceled };
        var refused = fence.Fails(PurchaseCall.CancelIntent, new() { Kind = ProblemKind.Refused, Code = "payment_intent_unexpected_state" });

        Assert.Equal((true, 1), (refused.MustRead, refused.Failures));
        Assert.Equal(PurchasePhase.Paid, refused.Reads(Intent(IntentStatus.Succeeded)).Phase);
        Assert.Equal(PurchasePhase.Canceled, refused.Reads(Intent(IntentStatus.Canceled)).Phase);
        Assert.Equal(PurchasePhase.Declined, refused.Reads(Intent(IntentStatus.RequiresPaymentMethod)).Phase);
        foreach (var open in new[] { IntentStatus.RequiresConfirmation, IntentStatus.RequiresAction, IntentStatus.Processing })
        {
            var again = refused.Reads(Intent(open));
            Assert.Equal((PurchasePhase.Confirming, PurchasePhase.Canceled), (again.Phase, again.FenceTo));
            Assert.Equal(PurchaseCall.CancelIntent, again.Next(Noon.AddHours(1)).Call);
        }
    }

    [Fact]
    public void A_fenced_top_up_starts_over_with_a_new_intent_and_a_new_choice_of_card()
    {
        var fence = Automatic(PurchasePhase.Confirming) with { FenceTo = PurchasePhase.Requested, ConfirmNumber = 3 };
        var over = fence.Reads(Intent(IntentStatus.Canceled));

        Assert.Equal((PurchasePhase.Requested, 2, 1, (string?)null, (ChosenCard?)null), (over.Phase, over.IntentNumber, over.ConfirmNumber, over.IntentId, over.Card));
        Assert.Equal((PurchaseCall.Wait, Noon.AddMinutes(5)), (over.Next().Call, over.Next().Until));
        Assert.Equal(PurchaseCall.ChooseCard, over.Next(Noon.AddMinutes(5)).Call);
    }

    [Fact]
    public void A_fenced_top_up_whose_card_was_declined_in_between_does_not_start_over() => Assert.Equal(
        (PurchasePhase.Declined, FailureCode.CardDeclined),
        Outcome((Automatic(PurchasePhase.Confirming) with { FenceTo = PurchasePhase.Requested }).Reads(Intent(IntentStatus.Canceled) with { ErrorCode = "card_declined" })));

    [Fact]
    public void A_fenced_manual_purchase_ends_uncharged() => Assert.Equal(
        (PurchasePhase.Canceled, FailureCode.Canceled), Outcome((Manual(PurchasePhase.Confirming) with { FenceTo = PurchasePhase.Canceled }).Reads(Intent(IntentStatus.Canceled))));

    [Fact]
    public void An_intent_that_someone_cancelled_ends_uncharged() =>
        Assert.Equal((PurchasePhase.Canceled, FailureCode.Canceled), Outcome(Manual(PurchasePhase.IntentCreated).Reads(Intent(IntentStatus.Canceled))));

    [Fact]
    public void The_bank_wanting_the_customer_shows_its_page_on_a_manual_purchase()
    {
        var waiting = Manual(PurchasePhase.Confirming).Reads(Intent(IntentStatus.RequiresAction));
        Assert.Equal((PurchasePhase.RequiresAction, "https://bank/1", Noon, Noon.AddSeconds(15)), (waiting.Phase, waiting.NextActionUrl, waiting.ActionSince!.Value, waiting.NotBefore!.Value));
        Assert.Equal(Noon, waiting.Reads(Intent(IntentStatus.RequiresAction), Noon.AddMinutes(1)).ActionSince);
        Assert.Equal(PurchasePhase.Paid, waiting.Reads(Intent(IntentStatus.Succeeded)).Phase);
        Assert.Equal(PurchasePhase.Declined, waiting.Reads(Intent(IntentStatus.RequiresPaymentMethod)).Phase);
    }

    [Fact]
    public void The_bank_wanting_the_customer_ends_a_top_up_and_a_purchase_without_a_page()
    {
        var topUp = Automatic(PurchasePhase.Confirming).Reads(Intent(IntentStatus.RequiresAction));
        Assert.Equal(PurchaseCall.CancelIntent, topUp.Next().Call);
        Assert.Equal((PurchasePhase.Declined, FailureCode.AuthenticationRequired), Outcome(topUp.Reads(Intent(IntentStatus.Canceled))));

        var pageless = Manual(PurchasePhase.Confirming).Reads(Intent(IntentStatus.RequiresAction) with { NextActionUrl = null });
        Assert.Equal(PurchaseCall.CancelIntent, pageless.Next().Call);
    }

    [Fact]
    public void A_bank_that_takes_its_time_is_read_again_with_pauses()
    {
        var processing = Manual(PurchasePhase.RequiresAction).Reads(Intent(IntentStatus.Processing));
        Assert.Equal((PurchasePhase.Confirming, 1, (string?)null), (processing.Phase, processing.Failures, processing.NextActionUrl));
        Assert.Equal(PurchaseCall.ReadIntent, processing.Next(Noon.AddSeconds(1)).Call);
    }

    [Fact]
    public void What_is_not_the_intent_that_was_asked_for_needs_an_operator()
    {
        var right = Intent(IntentStatus.Succeeded);
        IntentReading[] wrong =
        [
            right with { Id = "pi_2" }, right with { Amount = 9_789 }, right with { AmountReceived = 9_789 }, right with { Currency = "USD" }, right with { CustomerId = "cus_2" },
            right with { CustomerId = null }, right with { PurchaseKey = "b/p" }, right with { PurchaseKey = null }, right with { LiveMode = true },
            right with { Status = IntentStatus.Other },
        ];
        foreach (var intent in wrong) Assert.Equal((PurchasePhase.NeedsReview, FailureCode.NeedsReview), Outcome(Manual(PurchasePhase.Confirming).Reads(intent)));
        Assert.Equal(PurchasePhase.Paid, Manual(PurchasePhase.Confirming).Reads(right).Phase);
    }

    [Fact]
    public void A_wrong_intent_is_never_confirmed()
    {
        var created = Manual(PurchasePhase.Requested).Learns(PurchaseCall.CreateIntent, new Learned.IntentRead(Intent(IntentStatus.RequiresConfirmation) with { Amount = 1 }));
        Assert.Equal((PurchasePhase.NeedsReview, PurchaseCall.Nothing), (created.Phase, created.Next().Call));
    }

    [Fact]
    public void A_top_up_without_a_card_or_with_one_past_its_month_ends_before_Stripe_is_asked()
    {
        var topUp = PurchaseDecider.RequestTopUp(Thousand, null, Noon);

        Assert.Equal((PurchasePhase.Declined, FailureCode.NoCard), Outcome(topUp.Learns(PurchaseCall.ChooseCard, new Learned.CardChosen(null))));
        Assert.Equal(PurchaseCall.CreateIntent, topUp.Learns(PurchaseCall.ChooseCard, new Learned.CardChosen(Card), new(2026, 11, 30, 23, 59, 59, TimeSpan.Zero)).Next().Call);
        Assert.Equal(
            (PurchasePhase.Declined, FailureCode.CardExpired),
            Outcome(topUp.Learns(PurchaseCall.ChooseCard, new Learned.CardChosen(Card), new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero))));
    }

    [Fact]
    public void A_top_up_of_a_quantity_that_is_not_sold_needs_an_operator() =>
        Assert.Equal((PurchasePhase.Declined, FailureCode.NeedsReview), Outcome(PurchaseDecider.RefuseTopUp(Thousand with { Total = Money.Aud(0) }, Noon)));

    private static (PurchasePhase, FailureCode) Outcome(PurchaseState purchase) => (purchase.Phase, purchase.Failure!.Code);
}

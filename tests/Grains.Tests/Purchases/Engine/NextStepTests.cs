using Connect.Grains.Purchases.Engine;
using Connect.Purchases;
using static Connect.Grains.Tests.Purchases.Engine.PurchaseBuild;

namespace Connect.Grains.Tests.Purchases.Engine;

/// <summary>What each state does next.</summary>
public sealed class NextStepTests
{
    [Fact]
    public void A_quote_does_nothing() => Assert.Equal(new(Quoted, PurchaseCall.Nothing), Quoted.Next());

    [Fact]
    public void A_requested_purchase_saves_when_it_first_asked_and_creates_the_intent()
    {
        var requested = Manual(PurchasePhase.Requested);
        Assert.Equal(new(requested with { CreatingSince = Noon }, PurchaseCall.CreateIntent), requested.Next());
    }

    [Fact]
    public void A_repeated_create_keeps_the_time_of_the_first()
    {
        var asked = Manual(PurchasePhase.Requested) with { CreatingSince = Noon.AddMinutes(-3) };
        Assert.Equal(new(asked, PurchaseCall.CreateIntent), asked.Next());
    }

    [Fact]
    public void A_top_up_chooses_its_card_first()
    {
        var requested = PurchaseDecider.RequestTopUp(Thousand, null, Noon);
        Assert.Equal(new(requested, PurchaseCall.ChooseCard), requested.Next());
    }

    [Fact]
    public void A_create_key_is_used_for_less_than_23_hours_then_the_intent_is_looked_for()
    {
        var requested = Automatic(PurchasePhase.Requested) with { CreatingSince = Noon };
        Assert.Equal(new(requested, PurchaseCall.CreateIntent), requested.Next(Noon.AddHours(23).AddTicks(-1)));
        Assert.Equal(new(requested with { MustFind = true }, PurchaseCall.FindIntent), requested.Next(Noon.AddHours(23)));
    }

    [Fact]
    public void A_manual_purchase_without_an_intent_in_15_minutes_ends_uncharged()
    {
        var requested = Manual(PurchasePhase.Requested) with { CreatingSince = Noon, Failures = 9 };
        Assert.Equal(PurchaseCall.CreateIntent, requested.Next(Noon.AddMinutes(15).AddTicks(-1)).Call);

        var step = requested.Next(Noon.AddMinutes(15));

        Assert.Equal(PurchaseCall.Nothing, step.Call);
        Assert.Equal((PurchasePhase.Canceled, Failures.TimedOut, true), (step.State.Phase, step.State.Failure, step.State.Ended));
    }

    [Fact]
    public void A_top_up_waits_for_its_intent_without_end() =>
        Assert.Equal(PurchaseCall.CreateIntent, (Automatic(PurchasePhase.Requested) with { CreatingSince = Noon.AddDays(2) }).Next(Noon.AddDays(2)).Call);

    [Fact]
    public void A_created_intent_is_confirmed_after_Confirming_is_saved()
    {
        var created = Manual(PurchasePhase.IntentCreated);
        Assert.Equal(new(created with { Phase = PurchasePhase.Confirming, ConfirmingSince = Noon }, PurchaseCall.ConfirmIntent), created.Next());
    }

    [Fact]
    public void A_confirm_in_doubt_is_read_and_never_sent_blindly()
    {
        var confirming = Manual(PurchasePhase.Confirming);
        Assert.Equal(new(confirming, PurchaseCall.ReadIntent), confirming.Next());
    }

    [Theory]
    [InlineData(PurchasePhase.IntentCreated, false, PurchasePhase.Canceled)]
    [InlineData(PurchasePhase.Confirming, false, PurchasePhase.Canceled)]
    [InlineData(PurchasePhase.IntentCreated, true, PurchasePhase.Requested)]
    [InlineData(PurchasePhase.Confirming, true, PurchasePhase.Requested)]
    public void Fifteen_minutes_after_the_first_confirm_the_intent_is_read_and_cancelled_as_a_fence(PurchasePhase phase, bool automatic, PurchasePhase to)
    {
        var purchase = (automatic ? Automatic(phase) : Manual(phase)) with { ConfirmingSince = Noon, Failures = 12, NotBefore = Noon.AddMinutes(17) };
        Assert.Equal((PurchaseCall.Wait, Noon.AddMinutes(15)), (purchase.Next(Noon.AddMinutes(14)).Call, purchase.Next(Noon.AddMinutes(14)).Until));

        var step = purchase.Next(Noon.AddMinutes(15));

        Assert.Equal((PurchaseCall.ReadIntent, PurchasePhase.Confirming, to), (step.Call, step.State.Phase, step.State.FenceTo));
        Assert.Equal(PurchaseCall.CancelIntent, step.State.Reads(Intent(IntentStatus.RequiresConfirmation)).Next().Call);
        Assert.Equal(PurchasePhase.Declined, step.State.Reads(Intent(IntentStatus.RequiresPaymentMethod)).Phase);
    }

    [Fact]
    public void An_intent_that_was_not_confirmed_15_minutes_after_the_customers_yes_is_cancelled()
    {
        var step = Manual(PurchasePhase.IntentCreated).Next(Noon.AddMinutes(15));
        Assert.Equal((PurchaseCall.ReadIntent, PurchasePhase.Canceled), (step.Call, step.State.FenceTo));
    }

    [Fact]
    public void A_top_up_is_confirmed_however_late_its_first_confirm_is() =>
        Assert.Equal(PurchaseCall.ConfirmIntent, Automatic(PurchasePhase.IntentCreated).Next(Noon.AddDays(2)).Call);

    [Fact]
    public void A_fence_repeats_its_cancel_after_a_crash_and_reads_after_a_refusal()
    {
        var fenced = Manual(PurchasePhase.Confirming) with { FenceTo = PurchasePhase.Canceled };
        Assert.Equal(new(fenced, PurchaseCall.CancelIntent), fenced.Next(Noon.AddDays(1)));
        Assert.Equal(PurchaseCall.ReadIntent, (fenced with { MustRead = true }).Next(Noon.AddDays(1)).Call);
    }

    [Fact]
    public void The_bank_page_is_polled_and_given_up_after_an_hour()
    {
        var waiting = Manual(PurchasePhase.RequiresAction) with { NotBefore = Noon.AddSeconds(15) };
        Assert.Equal(new(waiting, PurchaseCall.Wait, Noon.AddSeconds(15)), waiting.Next());
        Assert.Equal(PurchaseCall.ReadIntent, waiting.Next(Noon.AddSeconds(15)).Call);
        Assert.Equal(PurchaseCall.ReadIntent, waiting.Next(Noon.AddHours(1).AddTicks(-1)).Call);

        var step = waiting.Next(Noon.AddHours(1));
        Assert.Equal((PurchaseCall.ReadIntent, PurchasePhase.Canceled, (string?)null), (step.Call, step.State.FenceTo, step.State.NextActionUrl));
    }

    [Fact]
    public void A_paid_purchase_grants_its_credits_however_late() =>
        Assert.Equal(PurchaseCall.GrantCredits, Manual(PurchasePhase.Paid).Next(Noon.AddDays(40)).Call);

    [Theory]
    [InlineData(PurchasePhase.Credited, false, PurchaseCall.TellAccount)]
    [InlineData(PurchasePhase.Declined, false, PurchaseCall.Nothing)]
    [InlineData(PurchasePhase.Canceled, false, PurchaseCall.Nothing)]
    [InlineData(PurchasePhase.NeedsReview, false, PurchaseCall.Nothing)]
    [InlineData(PurchasePhase.Credited, true, PurchaseCall.Nothing)]
    [InlineData(PurchasePhase.Declined, true, PurchaseCall.TellAccount)]
    [InlineData(PurchasePhase.Canceled, true, PurchaseCall.TellAccount)]
    [InlineData(PurchasePhase.NeedsReview, true, PurchaseCall.TellAccount)]
    public void An_end_is_told_to_auto_top_up_once_when_it_matters(PurchasePhase phase, bool automatic, PurchaseCall call)
    {
        var ended = automatic ? Automatic(phase) : Manual(phase);
        Assert.Equal(call, ended.Next().Call);
        Assert.Equal(PurchaseCall.Nothing, ended.Learns(PurchaseCall.TellAccount, new Learned.AccountTold()).Next().Call);
    }

    [Theory]
    [InlineData(PurchasePhase.Requested)]
    [InlineData(PurchasePhase.IntentCreated)]
    [InlineData(PurchasePhase.Confirming)]
    [InlineData(PurchasePhase.RequiresAction)]
    [InlineData(PurchasePhase.Paid)]
    [InlineData(PurchasePhase.Credited)]
    public void After_a_technical_failure_it_pauses(PurchasePhase phase)
    {
        var paused = Manual(phase) with { NotBefore = Noon.AddSeconds(4) };
        Assert.Equal(new(paused, PurchaseCall.Wait, Noon.AddSeconds(4)), paused.Next());
        Assert.NotEqual(PurchaseCall.Wait, paused.Next(Noon.AddSeconds(4)).Call);
    }

    [Theory]
    [InlineData(1, 500)]
    [InlineData(2, 1_000)]
    [InlineData(5, 8_000)]
    [InlineData(10, 256_000)]
    [InlineData(11, 300_000)]
    [InlineData(1_000_000, 300_000)]
    public void Pauses_double_up_to_five_minutes(int failures, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), PurchaseDecider.PauseAfter(failures));

    [Fact]
    public void A_top_up_above_its_limit_ends_before_anything_is_asked()
    {
        var atLimit = PurchaseDecider.RequestTopUp(Thousand, 9_790, Noon);
        var above = PurchaseDecider.RequestTopUp(Thousand, 9_789, Noon);

        Assert.Equal(PurchasePhase.Requested, atLimit.Phase);
        Assert.Equal((PurchasePhase.Declined, Failures.MonthlyCap), (above.Phase, above.Failure));
        Assert.Equal(PurchaseCall.TellAccount, above.Next().Call);
    }

    [Fact]
    public void Keys_name_the_account_the_purchase_and_the_try()
    {
        Assert.Equal(["pi:a/p", "pi:a/p:2"], [PurchaseKeys.Create(Key, 1), PurchaseKeys.Create(Key, 2)]);
        Assert.Equal(["pi:a/p:c1", "pi:a/p:2:c3"], [PurchaseKeys.Confirm(Key, 1, 1), PurchaseKeys.Confirm(Key, 2, 3)]);
        Assert.Equal(["purchase:p", "top-up-failed:p", "purchase-paid:p"], [PurchaseKeys.Grant("p"), PurchaseKeys.Suspend("p"), PurchaseKeys.Resume("p")]);
    }
}

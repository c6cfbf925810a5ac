using Connect.Grains.Purchases.Engine;
using Connect.Purchases;
using static Connect.Grains.Tests.Purchases.Engine.MoneyBackBuild;

namespace Connect.Grains.Tests.Purchases.Engine;

public sealed class MoneyBackDeciderTests
{
    [Theory]
    [InlineData(0L, RefundOutcome.InvalidAmount)]
    [InlineData(-1L, RefundOutcome.InvalidAmount)]
    [InlineData(9_001L, RefundOutcome.MoreThanLeft)]
    [InlineData(9_000L, null)]
    [InlineData(1L, null)]
    [InlineData(null, null)]
    public void An_amount_is_taken_or_refused_by_name(long? amount, RefundOutcome? refusal) => Assert.Equal(refusal, MoneyBackDecider.Refusal(Fresh, Order(amount)));

    [Theory]
    [InlineData("", "why", RefundOutcome.InvalidOperationId)]
    [InlineData("a\nb", "why", RefundOutcome.InvalidOperationId)]
    [InlineData("op", " ", RefundOutcome.InvalidText)]
    [InlineData("op", "zero\0", RefundOutcome.InvalidText)]
    [InlineData("op", "whole \ud83d\ude00", null)]
    public void Text_that_could_not_be_posted_is_refused_before_money_moves(string id, string reason, RefundOutcome? refusal) =>
        Assert.Equal(refusal, MoneyBackDecider.Refusal(Fresh, Order(id: id, reason: reason)));

    [Fact]
    public void Half_a_character_is_no_text()
    {
        Assert.Equal(RefundOutcome.InvalidText, MoneyBackDecider.Refusal(Fresh, Order(reason: "half " + (char)0xD83D)));
        Assert.Equal(RefundOutcome.InvalidText, MoneyBackDecider.Refusal(Fresh, Order(reason: (char)0xDE00 + " half")));
        Assert.Equal(RefundOutcome.InvalidText, MoneyBackDecider.Refusal(Fresh, Order(reason: new string('x', 301))));
    }

    [Fact]
    public void The_same_order_is_taken_once_and_another_one_under_its_id_is_refused()
    {
        var state = MoneyBackDecider.Take(Fresh, Order(100), Noon);
        Assert.Null(MoneyBackDecider.Refusal(state, Order(100)));
        Assert.Same(state, MoneyBackDecider.Take(state, Order(100), Noon));
        Assert.Equal(RefundOutcome.OperationIdReused, MoneyBackDecider.Refusal(state, Order(101)));
        Assert.Equal(RefundOutcome.OperationIdReused, MoneyBackDecider.Refusal(state, Order()));
        Assert.Equal(RefundOutcome.OperationIdReused, MoneyBackDecider.Refusal(state, Order(100, reason: "other")));
    }

    [Fact]
    public void The_lists_are_read_before_a_refund_is_sent_and_its_amount_is_fixed_and_saved_first()
    {
        var taken = MoneyBackDecider.Take(Fresh, Order(), Noon);
        taken.Call<MoneyBackCall.Read>();
        var step = taken.Reads([Refund("re_0", 2_000)]).Settle().Next();
        var sent = Assert.IsType<MoneyBackCall.MakeRefund>(step.Call).Order;
        Assert.Equal((OrderPhase.Sending, 7_000L, Noon, 1), (sent.Phase, sent.Amount, sent.SendingSince, sent.KeyNumber));
        Assert.Same(sent, step.State.Orders.Single());
        Assert.Same(step.State, step.State.Next().State);
    }

    [Theory]
    [InlineData(9_000L, null, RefundOutcome.NothingLeft)]
    [InlineData(9_000L, 1L, RefundOutcome.NothingLeft)]
    [InlineData(8_000L, 1_001L, RefundOutcome.MoreThanLeft)]
    public void What_the_lists_leave_no_room_for_is_refused_unsent(long gone, long? amount, RefundOutcome outcome)
    {
        var step = MoneyBackDecider.Take(Fresh, Order(amount), Noon).Reads([Refund("re_0", gone)]).Settle().Next();
        Assert.IsType<MoneyBackCall.Nothing>(step.Call);
        Assert.Equal((OrderPhase.Refused, outcome), (step.State.Orders.Single().Phase, step.State.Orders.Single().Outcome));
    }

    [Theory]
    [InlineData("charge_already_refunded", null, RefundOutcome.NothingLeft)]
    [InlineData("charge_disputed", null, RefundOutcome.Disputed)]
    [InlineData(null, "amount", RefundOutcome.MoreThanLeft)]
    [InlineData("balance_insufficient", null, RefundOutcome.RefusedByStripe)]
    public void A_refusal_of_Stripe_is_named_and_the_lists_are_read_again(string? code, string? parameter, RefundOutcome outcome)
    {
        var refused = Sending(100).Fails(Refused(code, parameter));
        Assert.Equal((OrderPhase.Refused, outcome), (refused.Orders.Single().Phase, refused.Orders.Single().Outcome));
        refused.Call<MoneyBackCall.Read>();
        Assert.True(MoneyBackDecider.Settled(refused.Reads()));
    }

    [Fact]
    public void A_technical_failure_repeats_the_same_key_for_23_hours_and_then_looks_first()
    {
        var failed = Sending(100).Fails(Technical());
        Assert.Equal(Noon.AddSeconds(0.5), failed.Call<MoneyBackCall.Wait>().Until);
        Assert.Equal(1, failed.Call<MoneyBackCall.MakeRefund>(Noon.AddHours(22.9)).Order.KeyNumber);

        var late = failed.Next(Noon.AddHours(23));
        Assert.IsType<MoneyBackCall.Read>(late.Call);
        Assert.Equal(OrderPhase.Looking, late.State.Orders.Single().Phase);
        var again = late.State.Reads(at: Noon.AddHours(23)).Call<MoneyBackCall.MakeRefund>(Noon.AddHours(23)).Order;
        Assert.Equal((2, Noon.AddHours(23)), (again.KeyNumber, again.SendingSince));

        var found = late.State.Reads([Refund("re_1", 100, operation: "op")], at: Noon.AddHours(23)).Settle(Noon.AddHours(23));
        Assert.Equal((OrderPhase.Made, "re_1"), (found.Orders.Single().Phase, found.Orders.Single().RefundId));
        Assert.True(MoneyBackDecider.Settled(found));
    }

    [Fact]
    public void After_a_spent_key_a_refund_that_would_not_fit_twice_gets_a_new_key_at_once()
    {
        var looking = Sending(4_501).Fails(Technical(keySpent: true));
        Assert.Equal(OrderPhase.Looking, looking.Orders.Single().Phase);
        var sent = looking.Reads(at: Noon.AddSeconds(1)).Call<MoneyBackCall.MakeRefund>(Noon.AddSeconds(1)).Order;
        Assert.Equal((2, 4_501L), (sent.KeyNumber, sent.Amount));
    }

    [Fact]
    public void A_refund_that_would_fit_twice_if_an_earlier_one_failed_is_not_sent_again_either()
    {
        var earlier = Refund("re_0", 1_000);
        var sending = MoneyBackDecider.Take(Fresh, Order(4_100), Noon).Reads([earlier]).Settle().Next().State;
        var looking = sending.Fails(Technical(keySpent: true)).Reads([earlier]);
        Assert.Equal((8_000L, OrderPhase.Looking), (MoneyBackDecider.Left(looking), looking.Orders.Single().Phase));
    }

    [Fact]
    public void After_a_spent_key_a_refund_that_would_fit_twice_is_looked_for_and_never_sent_again()
    {
        var state = Sending(4_500).Fails(Technical(keySpent: true));
        var now = Noon;
        var reads = 0;
        while (state.Orders.Single().Phase == OrderPhase.Looking)
        {
            var call = state.Next(now).Call;
            Assert.IsNotType<MoneyBackCall.MakeRefund>(call);
            if (call is MoneyBackCall.Wait wait) now = wait.Until;
            else (state, reads) = (state.Reads(at: now), reads + 1);
        }

        Assert.Equal((OrderPhase.NeedsReview, RefundOutcome.NeedsReview), (state.Orders.Single().Phase, state.Orders.Single().Outcome));
        Assert.InRange(now - Noon, TimeSpan.FromHours(1), TimeSpan.FromHours(1.2));
        Assert.InRange(reads, 10, 30);
        Assert.True(MoneyBackDecider.Settled(state));

        var shown = state.Reads([Refund("re_1", 4_500, operation: "op")], at: now).Settle(now);
        Assert.Equal((OrderPhase.Made, 500L), (shown.Orders.Single().Phase, shown.Returns.Single().Claimed));
    }

    [Theory]
    [InlineData("pending", 111)]
    [InlineData("requires_action", 111)]
    [InlineData("succeeded", 111)]
    [InlineData("something_new", 111)]
    [InlineData("failed", 0)]
    [InlineData("canceled", 0)]
    public void A_refund_takes_its_share_rounded_down_unless_it_failed(string status, long credits) =>
        Assert.Equal(credits, Fresh.Reads([Refund("re_1", 1_000, status)]).Settle().Returns.Single().Claimed);

    [Theory]
    [InlineData("warning_needs_response", false, true)]
    [InlineData("warning_under_review", false, true)]
    [InlineData("warning_closed", false, false)]
    [InlineData("needs_response", false, true)]
    [InlineData("under_review", false, true)]
    [InlineData("under_review", true, false)]
    [InlineData("won", false, false)]
    [InlineData("prevented", false, false)]
    [InlineData("lost", false, true)]
    [InlineData("lost", true, true)]
    [InlineData("something_new", false, true)]
    public void A_dispute_holds_credits_while_its_money_is_or_may_be_gone(string status, bool reinstated, bool holds)
    {
        var read = Fresh.Reads(disputes: [Dispute("du_1", 9_000, status, reinstated)]);
        Assert.Equal(holds, read.Returns.Single().MustStop);
        Assert.Equal(holds ? 1_000 : 0, read.Settle().Returns.Single().Claimed);
    }

    [Fact]
    public void Auto_top_up_is_stopped_first_and_once_for_each_dispute_and_warning()
    {
        var state = MoneyBackDecider.Learn(Fresh, new MoneyLearned.ListsRead(new() { Disputes = [Dispute("du_1", 9_000)], Warnings = ["issfr_1"] }), Noon);
        Assert.Equal(new MoneyBackCall.StopTopUp("du_1", true), state.Call<MoneyBackCall.StopTopUp>());
        state = MoneyBackDecider.Learn(state, new MoneyLearned.TopUpStopped("du_1"), Noon);
        Assert.Equal(new MoneyBackCall.StopTopUp("issfr_1", false), state.Call<MoneyBackCall.StopTopUp>());
        state = MoneyBackDecider.Learn(state, new MoneyLearned.TopUpStopped("issfr_1"), Noon).Settle();
        state = MoneyBackDecider.Learn(state, new MoneyLearned.ListsRead(new() { Disputes = [Dispute("du_1", 9_000, "lost")], Warnings = ["issfr_1"] }), Noon);
        Assert.True(MoneyBackDecider.Settled(state));
    }

    [Fact]
    public void Refunds_and_a_dispute_together_never_claim_more_than_was_bought_and_undoing_one_leaves_the_others_theirs()
    {
        var refunds = Fresh.Reads([Refund("re_1", 4_500), Refund("re_2", 2_250)]).Settle();
        Assert.Equal([("re_1", 500L), ("re_2", 250L)], refunds.Claims());
        var state = refunds.Reads([Refund("re_1", 4_500), Refund("re_2", 2_250)], [Dispute("du_1", 9_000)]).Settle();
        Assert.Equal([("re_1", 500L), ("re_2", 250L), ("du_1", 250L)], state.Claims());

        var failed = state.Reads([Refund("re_1", 4_500, "failed"), Refund("re_2", 2_250)], [Dispute("du_1", 9_000)]);
        failed.Call<MoneyBackCall.Restore>();
        Assert.Equal([("re_2", 250L), ("du_1", 750L)], failed.Settle().Claims());

        var won = state.Reads([Refund("re_1", 4_500), Refund("re_2", 2_250)], [Dispute("du_1", 9_000, "won")]).Settle();
        Assert.Equal([("re_1", 500L), ("re_2", 250L)], won.Claims());
    }

    [Fact]
    public void A_claim_that_may_have_been_posted_is_finished_before_it_is_undone_and_nothing_is_claimed_meanwhile()
    {
        var revoking = Fresh.Reads([Refund("re_1", 9_000)]);
        var undone = revoking.Reads([Refund("re_1", 9_000, "failed"), Refund("re_2", 9_000)]);
        Assert.Equal("re_1", undone.Call<MoneyBackCall.Revoke>().Return.Id);
        undone = MoneyBackDecider.Learn(undone, new MoneyLearned.Revoked("re_1", 1, 0), Noon);
        Assert.Equal("re_1", undone.Call<MoneyBackCall.Restore>().Return.Id);
        undone = MoneyBackDecider.Learn(undone, new MoneyLearned.Restored("re_1", 1), Noon);
        Assert.Equal("re_2", undone.Call<MoneyBackCall.Revoke>().Return.Id);
        Assert.Equal([("re_2", 1_000L)], undone.Settle().Claims());
    }

    [Fact]
    public void A_second_claim_has_names_of_its_own()
    {
        var refund = Fresh.Reads([Refund("re_1", 9_000)]).Returns.Single();
        var dispute = refund with { Id = "du_1", IsDispute = true };
        Assert.Equal(("refund:re_1", "refund:re_1:2", "refund-undone:re_1"), (MoneyBackKeys.Revoke(refund, 1), MoneyBackKeys.Revoke(refund, 2), MoneyBackKeys.Restore(refund, 1)));
        Assert.Equal(("dispute:du_1", "dispute:du_1:2", "dispute-undone:du_1:2"), (MoneyBackKeys.Revoke(dispute, 1), MoneyBackKeys.Revoke(dispute, 2), MoneyBackKeys.Restore(dispute, 2)));
        Assert.Equal(("re:a/p:op", "re:a/p:op:2"), (MoneyBackKeys.Refund("a/p", "op", 1), MoneyBackKeys.Refund("a/p", "op", 2)));
        Assert.True(MoneyBackKeys.Refund(new string('a', 129), new string('o', 200), 12).Length < 100);
        Assert.NotEqual(MoneyBackKeys.Refund("a/p", new string('o', 250), 1), MoneyBackKeys.Refund("a/q", new string('o', 250), 1));
    }

    [Fact]
    public void Money_in_another_currency_counts_as_all_of_it() => Assert.Equal(1_000, Fresh.Reads([Refund("re_1", 1, currency: "USD")]).Settle().Returns.Single().Claimed);

    [Fact]
    public void What_Stripe_may_still_change_is_read_again_after_a_day_and_a_refund_that_pends_for_ever_is_not()
    {
        var open = Fresh.Reads(disputes: [Dispute("du_1", 9_000)]).Settle();
        Assert.True(MoneyBackDecider.Settled(open));
        Assert.Equal(Noon.AddDays(1), open.Call<MoneyBackCall.Wait>().Until);
        open.Call<MoneyBackCall.Read>(Noon.AddDays(1));
        Assert.True(MoneyBackDecider.Differ(open, open.Reads(disputes: [Dispute("du_1", 9_000)], at: Noon.AddDays(1))));
        Assert.False(MoneyBackDecider.Differ(open, open.Reads(disputes: [Dispute("du_1", 9_000)], at: Noon.AddHours(1))));

        Assert.IsType<MoneyBackCall.Nothing>(open.Reads(disputes: [Dispute("du_1", 9_000, "lost")]).Next().Call);
        Assert.IsType<MoneyBackCall.Nothing>(Fresh.Reads([Refund("re_1", 1_000)]).Settle().Next().Call);
        Assert.IsType<MoneyBackCall.Wait>(Fresh.Reads([Refund("re_1", 1_000, "pending")]).Settle().Next().Call);
        Assert.IsType<MoneyBackCall.Nothing>(Fresh.Reads([Refund("re_1", 1_000, "pending")], at: Noon.AddDays(35)).Settle(Noon.AddDays(35)).Next(Noon.AddDays(35)).Call);
    }

    [Fact]
    public void A_reading_that_fails_is_made_again_later_and_nothing_is_forgotten()
    {
        var failed = MoneyBackDecider.Learn(Fresh, new MoneyLearned.CallFailed(new MoneyBackCall.Read(), Technical()), Noon);
        Assert.True(failed.MustRead);
        Assert.Equal(Noon.AddSeconds(0.5), failed.Call<MoneyBackCall.Wait>().Until);
        failed.Call<MoneyBackCall.Read>(Noon.AddSeconds(0.5));
        Assert.Equal("503", failed.Finding);
        Assert.Null(failed.Reads().Finding);
    }
}

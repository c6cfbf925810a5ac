using Connect.Accounts;
using Connect.Purchases;
using Connect.Sandbox.Stripe;
using Stripe;

namespace Connect.Grains.Tests.Purchases;

/// <summary>Refunds, disputes and fraud warnings, with the real Stripe.net and the sandbox: the money that goes back and the credits that go with it.</summary>
public sealed class MoneyBackTests(PurchaseCluster cluster) : IClassFixture<PurchaseCluster>
{
    private const string Refunds = "/v1/refunds";

    [Fact]
    public async Task A_refund_of_everything_gives_the_money_back_and_takes_the_credits()
    {
        var intent = await cluster.Bought("full");
        var result = await Refund("full", "r1");

        Assert.Equal(RefundOutcome.Accepted, result.Outcome);
        Assert.Equal((RefundStatus.Succeeded, 9_790L, 1_000L, 0L, "kate", "not what was wanted"),
            (result.Refund!.Status, result.Refund.Amount!.Amount, result.Refund.Credits, result.Refund.Shortfall, result.Refund.Actor, result.Refund.Reason));
        Assert.Equal(0, result.Left);
        await AssertRefunded(intent, 9_790);
        await AssertCredits("full", available: 0, revoked: 1_000);
        var entry = Assert.Single((await cluster.Account("full").ReadLedger(0, 100)).Entries, entry => entry.Kind == EntryKind.Revoke);
        Assert.Equal(("refund:" + result.Refund.Id, "kate", -1_000L), (entry.OperationId, entry.Actor, entry.Credits));
        Assert.Contains("not what was wanted", entry.Reference, StringComparison.Ordinal);
        Assert.Equal(0, await cluster.Reminders(cluster.MoneyBack("full/q")));
    }

    [Fact]
    public async Task Partial_refunds_take_their_share_rounded_down_and_the_last_one_takes_the_rest()
    {
        var intent = await cluster.Bought("parts");
        Assert.Equal(333, (await Refund("parts", "r1", 3_264)).Refund!.Credits);
        Assert.Equal(333, (await Refund("parts", "r2", 3_263)).Refund!.Credits);
        await AssertCredits("parts", available: 334, revoked: 666);
        Assert.Equal(334, (await Refund("parts", "r3")).Refund!.Credits);
        await AssertCredits("parts", available: 0, revoked: 1_000);
        await AssertRefunded(intent, 3_264, 3_263, 3_263);
        Assert.Equal(RefundOutcome.NothingLeft, (await Refund("parts", "r4")).Outcome);
        Assert.Equal(RefundOutcome.NothingLeft, (await Refund("parts", "r5", 1)).Outcome);
    }

    [Fact]
    public async Task What_was_spent_is_a_shortfall_and_what_comes_back_later_is_taken()
    {
        await cluster.Bought("spent");
        Assert.True((await cluster.Account("spent").Debit(new Debit { OperationId = "d", Credits = 700 })).Holds);
        var result = await Refund("spent", "r1");
        Assert.Equal((1_000L, 700L), (result.Refund!.Credits, result.Refund.Shortfall));
        await AssertCredits("spent", available: 0, revoked: 300);

        Assert.True((await cluster.Account("spent").Reverse(new Reverse { OperationId = "back", DebitOperationId = "d", Credits = 50 })).Holds);
        await AssertCredits("spent", available: 0, revoked: 350);
    }

    [Fact]
    public async Task The_same_order_again_reports_and_another_one_under_its_id_is_refused()
    {
        var intent = await cluster.Bought("again");
        var first = await Refund("again", "r1", 1_000);
        Assert.Equal(first.Refund, (await Refund("again", "r1", 1_000)).Refund);
        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Refund("again", "r2", 500)));
        Assert.Equal(RefundOutcome.OperationIdReused, (await Refund("again", "r1", 999)).Outcome);
        Assert.Equal(RefundOutcome.OperationIdReused, (await Refund("again", "r1", 1_000, "another reason")).Outcome);
        await AssertRefunded(intent, 1_000, 500);
    }

    [Fact]
    public async Task Orders_that_can_not_be_are_refused_by_name()
    {
        var intent = await cluster.Bought("names");
        Assert.Equal(RefundOutcome.InvalidAmount, (await Refund("names", "r1", 0)).Outcome);
        Assert.Equal(RefundOutcome.InvalidAmount, (await Refund("names", "r1", -5)).Outcome);
        Assert.Equal((RefundOutcome.MoreThanLeft, 9_790L), await OutcomeAndLeft(Refund("names", "r1", 9_791)));
        Assert.Equal(RefundOutcome.InvalidText, (await Refund("names", "r1", 1, " ")).Outcome);
        Assert.Equal(RefundOutcome.InvalidOperationId, (await Refund("names", "", 1)).Outcome);
        Assert.Equal(RefundOutcome.Accepted, (await Refund("names", "r1", 9_000)).Outcome);
        Assert.Equal((RefundOutcome.MoreThanLeft, 790L), await OutcomeAndLeft(Refund("names", "r2", 791)));
        await AssertRefunded(intent, 9_000);

        Assert.Equal(RefundOutcome.UnknownPurchase, (await Refund("nobody", "r1")).Outcome);
        await cluster.OpenAccount("unpaid", PurchaseCluster.AttachesThenDeclines);
        await cluster.Purchase("unpaid/q").Quote(1_000);
        Assert.Equal(RefundOutcome.UnknownPurchase, (await Refund("unpaid", "r1")).Outcome);
        await cluster.Drive(cluster.Purchase("unpaid/q").Confirm(new() { Actor = "anna" }), cluster.Purchase("unpaid/q"));
        Assert.Equal(RefundOutcome.NotCredited, (await Refund("unpaid", "r1")).Outcome);
    }

    [Theory]
    [InlineData("/disputes", SuspensionReason.Dispute)]
    [InlineData("/early_fraud_warnings", SuspensionReason.EarlyFraudWarning)]
    public async Task A_charge_that_waits_for_a_person_takes_no_credits_when_it_is_disputed_but_stops_auto_top_up(string path, SuspensionReason reason)
    {
        var account = $"reviewed-{reason}";
        await cluster.OpenAccount(account, PurchaseCluster.AlwaysAuthenticates);
        await cluster.Account(account).Grant(new Grant { OperationId = "gift", Credits = 500, Source = GrantSource.Promotional });
        await SetAutoTopUp(account);
        var purchase = cluster.Purchase(account + "/q");
        await purchase.Quote(1_000);
        var waiting = (await purchase.Confirm(new() { Actor = "anna" })).Purchase!;
        await cluster.Stripe.V1.PaymentIntents.UpdateAsync(waiting.PaymentIntentId, new PaymentIntentUpdateOptions { Amount = 5_000 });
        await cluster.PassBankPage(waiting.NextActionUrl!);
        await Prompted();
        Assert.Equal("NeedsReview", (await purchase.Get())!.State);

        await cluster.Bank(path, new { paymentIntent = waiting.PaymentIntentId });
        await Prompted();

        await cluster.Until(async () => (await cluster.Account(account).GetCredits()).AutoTopUp.SuspendedBecause == reason);
        Assert.Equal(RefundOutcome.NotCredited, (await Refund(account, "r1")).Outcome);
        await AssertCredits(account, 500, 0);

        async Task Prompted()
        {
            while (!await cluster.Drive(purchase.Prompt(), purchase));
        }
    }

    [Fact]
    public async Task A_refund_made_at_Stripe_is_seen_by_a_prompt_and_a_second_prompt_writes_nothing()
    {
        var intent = await cluster.Bought("dashboard");
        var made = await cluster.Stripe.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = intent, Amount = 979 });
        await Prompt("dashboard");
        await AssertCredits("dashboard", available: 900, revoked: 100);
        var seen = Assert.Single((await cluster.MoneyBack("dashboard/q").Get()).Refunds);
        Assert.Equal((made.Id, "stripe", 100L, RefundStatus.Succeeded), (seen.Id, seen.Actor, seen.Credits, seen.Status));

        var writes = 0;
        cluster.Storage.Written = (state, _) => writes += state == "money-back" ? 1 : 0;
        await Prompt("dashboard");
        cluster.Storage.Written = null;
        Assert.Equal(0, writes);

        // What Stripe refused because somebody had refunded meanwhile is named, and seen.
        await cluster.Stripe.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = intent });
        Assert.Equal(RefundOutcome.NothingLeft, (await Refund("dashboard", "r1", 500)).Outcome);
        await AssertCredits("dashboard", available: 0, revoked: 1_000);
    }

    [Fact]
    public async Task A_refund_that_fails_later_gives_the_credits_back_and_can_be_ordered_again()
    {
        var intent = await cluster.Bought("fails");
        var first = (await Refund("fails", "r1")).Refund!;
        await cluster.Bank($"/refunds/{first.Id}/fail");
        await Prompt("fails");

        await AssertCredits("fails", available: 1_000, revoked: 0);
        var failed = Assert.Single((await cluster.MoneyBack("fails/q").Get()).Refunds);
        Assert.Equal((RefundStatus.Failed, 0L, "unknown"), (failed.Status, failed.Credits, failed.Finding));
        Assert.Equal(RefundStatus.Succeeded, (await Refund("fails", "r2")).Refund!.Status);
        await AssertCredits("fails", available: 0, revoked: 1_000);
        Assert.Equal(9_790, (await cluster.Stripe.V1.Charges.GetAsync((await cluster.Stripe.V1.PaymentIntents.GetAsync(intent)).LatestChargeId)).AmountRefunded);
    }

    [Fact]
    public async Task A_dispute_holds_the_credits_stops_auto_top_up_and_is_undone_when_won()
    {
        var intent = await cluster.Bought("won");
        await SetAutoTopUp("won");
        var dispute = await cluster.Bank("/disputes", new { paymentIntent = intent });
        await Prompt("won");

        await AssertCredits("won", available: 0, revoked: 1_000);
        var topUp = (await cluster.Account("won").GetCredits()).AutoTopUp;
        Assert.Equal((AutoTopUpStatus.Suspended, SuspensionReason.Dispute), (topUp.Status, topUp.SuspendedBecause));
        var seen = Assert.Single((await cluster.MoneyBack("won/q").Get()).Disputes);
        Assert.Equal((dispute, "needs_response", true, 1_000L), (seen.Id, seen.Status, seen.Holds, seen.Credits));
        Assert.Equal(RefundOutcome.Disputed, (await Refund("won", "r1")).Outcome);

        await cluster.Bank($"/disputes/{dispute}/win");
        await Prompt("won");
        await AssertCredits("won", available: 1_000, revoked: 0);
        Assert.Equal(AutoTopUpStatus.Suspended, (await cluster.Account("won").GetCredits()).AutoTopUp.Status);
        Assert.Equal(0, await cluster.Reminders(cluster.MoneyBack("won/q")));
    }

    [Fact]
    public async Task A_dispute_that_is_reinstated_and_then_lost_takes_the_credits_a_second_time()
    {
        var intent = await cluster.Bought("lost");
        var dispute = await cluster.Bank("/disputes", new { paymentIntent = intent });
        await Prompt("lost");
        await AssertCredits("lost", available: 0, revoked: 1_000);
        await cluster.Bank($"/disputes/{dispute}/reinstate");
        await Prompt("lost");
        await AssertCredits("lost", available: 1_000, revoked: 0);
        await cluster.Bank($"/disputes/{dispute}/lose");
        await Prompt("lost");
        await AssertCredits("lost", available: 0, revoked: 1_000);
        var operations = (await cluster.Account("lost").ReadLedger(0, 100)).Entries.Where(entry => entry.Kind is EntryKind.Revoke or EntryKind.Restore).Select(entry => entry.OperationId);
        Assert.Equal([$"dispute:{dispute}", $"dispute-undone:{dispute}", $"dispute:{dispute}:2"], operations);
    }

    [Fact]
    public async Task An_inquiry_holds_the_credits_until_it_is_closed()
    {
        var intent = await cluster.Bought("inquiry");
        var dispute = await cluster.Bank("/disputes", new { paymentIntent = intent, status = "warning_needs_response", amount = 4_895 });
        await Prompt("inquiry");
        await AssertCredits("inquiry", available: 500, revoked: 500);
        await cluster.Bank($"/disputes/{dispute}/close_warning");
        await Prompt("inquiry");
        await AssertCredits("inquiry", available: 1_000, revoked: 0);
    }

    [Fact]
    public async Task A_dispute_whose_end_nobody_tells_is_read_again_after_a_day()
    {
        var intent = await cluster.Bought("silent");
        var dispute = await cluster.Bank("/disputes", new { paymentIntent = intent });
        await Prompt("silent");
        Assert.Equal(1, await cluster.Reminders(cluster.MoneyBack("silent/q")));
        await cluster.Bank($"/disputes/{dispute}/win");
        cluster.Clock.Advance(TimeSpan.FromDays(1));
        await cluster.Tick(cluster.MoneyBack("silent/q"), "money-back");
        await AssertCredits("silent", available: 1_000, revoked: 0);
        Assert.Equal(0, await cluster.Reminders(cluster.MoneyBack("silent/q")));
    }

    [Fact]
    public async Task An_early_fraud_warning_stops_auto_top_up_and_takes_nothing()
    {
        var intent = await cluster.Bought("warned");
        await SetAutoTopUp("warned");
        var warning = await cluster.Bank("/early_fraud_warnings", new { paymentIntent = intent });
        await Prompt("warned");
        await AssertCredits("warned", available: 1_000, revoked: 0);
        Assert.Equal(SuspensionReason.EarlyFraudWarning, (await cluster.Account("warned").GetCredits()).AutoTopUp.SuspendedBecause);
        Assert.Equal(warning, Assert.Single((await cluster.MoneyBack("warned/q").Get()).EarlyFraudWarnings));
    }

    public static TheoryData<StripeFaultKind, StripeFaultTime> Faults()
    {
        var data = new TheoryData<StripeFaultKind, StripeFaultTime>();
        foreach (var kind in Enum.GetValues<StripeFaultKind>().Except([StripeFaultKind.Slow, StripeFaultKind.Hang]))
            foreach (var time in Enum.GetValues<StripeFaultTime>()) data.Add(kind, time);
        return data;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_technical_failure_ends_in_one_refund_and_its_credits(StripeFaultKind kind, StripeFaultTime time)
    {
        var account = $"fault-{kind}-{time}";
        var intent = await cluster.Bought(account);
        cluster.Faults.Add([new() { Method = "POST", PathContains = Refunds, Kind = kind, When = time, Count = 2 }]);
        var refunding = Refund(account, "r1", 4_895);
        await cluster.Until(async () => refunding.IsCompleted || (await cluster.MoneyBack(account + "/q").Get()) is { Settled: true, Refunds.Length: 1 });
        await refunding;
        await cluster.Until(async () => (await cluster.MoneyBack(account + "/q").Get()).Settled);
        cluster.Faults.Clear();
        await AssertRefunded(intent, 4_895);
        await AssertCredits(account, available: 500, revoked: 500);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_save_whose_answer_is_lost_reloads_and_the_reminder_finishes_it(int save)
    {
        var account = $"lost-save-{save}";
        var intent = await cluster.Bought(account);
        var saves = 0;
        cluster.Storage.Written = (state, _) =>
        {
            if (state == "money-back" && Interlocked.Increment(ref saves) == save) cluster.Storage.FailAfterStoring["money-back"] = 1;
        };
        await ((Task)Refund(account, "r1")).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        cluster.Storage.Written = null;
        Assert.InRange(saves, save, 10);
        await cluster.Until(async () =>
        {
            await ((Task)cluster.Tick(cluster.MoneyBack(account + "/q"), "money-back")).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            return (await cluster.MoneyBack(account + "/q").Get()) is { Settled: true, Refunds.Length: 1 };
        });
        await AssertRefunded(intent, 9_790);
        await AssertCredits(account, available: 0, revoked: 1_000);
    }

    [Fact]
    public async Task A_crash_after_any_save_ends_as_if_there_had_been_none()
    {
        var intent = await cluster.Bought("crash");
        var saved = new List<string>();
        cluster.Storage.Written = (state, json) =>
        {
            if (state == "money-back") saved.Add(json);
        };
        await Refund("crash", "r1", 4_895);
        cluster.Storage.Written = null;
        Assert.InRange(saved.Count, 4, 7);

        foreach (var json in saved)
        {
            await cluster.Deactivate();
            cluster.Storage.Restore("money-back", "crash/q", json);
            await cluster.Tick(cluster.MoneyBack("crash/q"), "money-back");
            await cluster.Until(async () => (await cluster.MoneyBack("crash/q").Get()).Settled);
            await AssertRefunded(intent, 4_895);
            await AssertCredits("crash", available: 500, revoked: 500);
        }
    }

    private async Task<RefundResult> Refund(string account, string operation, long? amount = null, string reason = "not what was wanted")
    {
        var order = new RefundOrder { OperationId = operation, Amount = amount, Reason = reason, Actor = "kate" };
        var moneyBack = cluster.MoneyBack(account + "/q");
        var result = await cluster.Drive(moneyBack.Refund(order), moneyBack);

        // The clock may have been moved past the wait while the last save was under way; asking again reports.
        for (var i = 0; result.Refund?.Status == RefundStatus.Processing && i < 1_000; i++) result = await cluster.Drive(moneyBack.Refund(order), moneyBack);
        return result;
    }

    private async Task Prompt(string account)
    {
        await cluster.MoneyBack(account + "/q").Prompt();
        Assert.True((await cluster.MoneyBack(account + "/q").Get()).Settled);
    }

    private static async Task<(RefundOutcome, long?)> OutcomeAndLeft(Task<RefundResult> result) => ((await result).Outcome, (await result).Left);

    private async Task SetAutoTopUp(string account) => Assert.True((await cluster.Account(account).SetAutoTopUp(
        new SetAutoTopUp { OperationId = "settings", Settings = new() { Enabled = true, Threshold = 1, Credits = 1_000 } })).Holds);

    private async Task AssertRefunded(string intent, params long[] amounts)
    {
        var refunds = await cluster.Stripe.V1.Refunds.ListAsync(new RefundListOptions { PaymentIntent = intent, Limit = 100 });
        Assert.Equal(amounts.Order(), refunds.Where(refund => refund.Status != "failed").Select(refund => refund.Amount).Order());
    }

    private async Task AssertCredits(string account, long available, long revoked)
    {
        var totals = (await cluster.Account(account).GetCredits()).Totals;
        Assert.Equal((available, revoked), (totals.Available, totals.Revoked));
        Assert.True(totals.Balanced);
        Assert.Empty((await cluster.Account(account).Check()).Findings);
    }
}

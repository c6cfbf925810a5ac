using Connect.Accounts;
using Connect.Purchases;

namespace Connect.Grains.Tests.Purchases;

/// <summary>Events of Stripe from the moment they were verified: kept, worked on through outages and crashes, forgotten.</summary>
public sealed class StripeEventTests(PurchaseCluster cluster) : IClassFixture<PurchaseCluster>
{
    [Fact]
    public async Task An_event_that_names_its_purchase_prompts_it_and_is_done()
    {
        var (purchase, _) = await PaidAtTheBank("named");
        await Receive("evt_named", new() { Type = "payment_intent.succeeded", PaymentId = "pi_whatever", PurchaseKey = "named/q" });
        Assert.Equal("Credited", (await purchase.Get())!.State);
        Assert.Equal(1_000, (await cluster.Account("named").GetCredits()).Available);
    }

    [Fact]
    public async Task An_event_about_an_intent_finds_its_purchase_at_Stripe()
    {
        var (purchase, waiting) = await PaidAtTheBank("found");
        await Receive("evt_found", new() { Type = "refund.created", PaymentId = waiting.PaymentIntentId });
        Assert.Equal("Credited", (await purchase.Get())!.State);
    }

    [Fact]
    public async Task An_event_about_a_charge_finds_its_purchase_at_Stripe()
    {
        var (purchase, waiting) = await PaidAtTheBank("charged");
        var charge = (await cluster.Stripe.V1.PaymentIntents.GetAsync(waiting.PaymentIntentId)).LatestChargeId;
        await Receive("evt_charged", new() { Type = "radar.early_fraud_warning.created", PaymentId = charge });
        Assert.Equal("Credited", (await purchase.Get())!.State);
    }

    [Theory]
    [InlineData("pi_missing", null, null)]
    [InlineData("ch_missing", null, null)]
    [InlineData("pi_missing", "not a key", null)]
    [InlineData(null, null, "cus_missing")]
    public async Task What_is_not_at_Stripe_is_done_with(string? payment, string? key, string? customer) =>
        await Receive($"evt_missing_{payment}_{key?.Length}_{customer}", new() { Type = "t", PaymentId = payment, PurchaseKey = key, CustomerId = customer, CardId = "pm_missing" });

    [Fact]
    public async Task An_intent_of_somebody_else_is_done_with()
    {
        var intent = await cluster.Stripe.V1.PaymentIntents.CreateAsync(new() { Amount = 500, Currency = "aud", Metadata = new() { ["purchase_id"] = "INV 7" } });
        await Receive("evt_foreign", new() { Type = "payment_intent.created", PaymentId = intent.Id });
    }

    [Fact]
    public async Task The_same_event_again_and_again_is_worked_on_once()
    {
        var (_, waiting) = await PaidAtTheBank("again");
        var notice = new StripeNotice { Type = "payment_intent.succeeded", PaymentId = waiting.PaymentIntentId };
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Event("evt_again").Receive(notice)));
        await Done("evt_again");
        await cluster.Deactivate();
        await Event("evt_again").Receive(notice);
        await Event("evt_again").Receive(notice with { PaymentId = "pi_other" });

        Assert.Equal(notice, (await Event("evt_again").Get())!.Notice);
        var asked = cluster.Gateway.Asked.Count;
        await Event("evt_again").Receive(notice);
        await cluster.Tick(Event("evt_again"), "event");
        Assert.Equal(asked, cluster.Gateway.Asked.Count);
    }

    [Fact]
    public async Task Events_in_any_order_and_weeks_late_change_nothing_that_is_settled()
    {
        var (purchase, waiting) = await PaidAtTheBank("weeks");
        Assert.True(await purchase.Prompt());
        var before = await purchase.Get();
        cluster.Clock.Advance(TimeSpan.FromDays(20));
        foreach (var type in new[] { "payment_intent.succeeded", "payment_intent.created", "payment_intent.canceled", "payment_intent.payment_failed", "payment_intent.requires_action" })
            await Receive("evt_weeks_" + type[15..], new() { Type = type, PaymentId = waiting.PaymentIntentId, PurchaseKey = "weeks/q" });
        Assert.Equal(before, await purchase.Get());
        Assert.Single(await cluster.Charged("weeks/q"));
    }

    [Fact]
    public async Task An_event_that_comes_before_its_purchase_knows_its_intent_harms_nothing()
    {
        await cluster.OpenAccount("early");
        var purchase = cluster.Purchase("early/q");
        await purchase.Quote(1_000);
        var confirming = purchase.Confirm(new() { Actor = "anna" });
        await Receive("evt_early", new() { Type = "payment_intent.created", PaymentId = "pi_unheard_of", PurchaseKey = "early/q" });
        Assert.Equal(PurchaseStatus.Succeeded, (await confirming).Purchase!.Status);
        Assert.Single(await cluster.Charged("early/q"));
    }

    [Fact]
    public async Task Without_any_event_the_purchase_finds_out_by_itself()
    {
        var (purchase, _) = await PaidAtTheBank("silent");
        var from = cluster.Clock.GetUtcNow();
        await cluster.Until(purchase, view => view.Status == PurchaseStatus.Succeeded);
        Assert.InRange(cluster.Clock.GetUtcNow() - from, TimeSpan.Zero, TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task While_Stripe_is_down_an_event_is_kept_and_tried_with_growing_pauses()
    {
        var (purchase, waiting) = await PaidAtTheBank("outage");
        cluster.Faults.Down = true;
        var asked = "find purchase " + waiting.PaymentIntentId;
        await Event("evt_outage").Receive(new() { Type = "payment_intent.succeeded", PaymentId = waiting.PaymentIntentId });
        var up = cluster.Clock.GetUtcNow().AddMinutes(5);
        await cluster.Until(purchase, _ => cluster.Clock.GetUtcNow() >= up);
        cluster.Faults.Down = false;
        Assert.Null((await Event("evt_outage").Get())!.DoneAt);
        Assert.Equal(1, await cluster.Reminders(Event("evt_outage")));

        // At once, then after half a second, doubling: ten times within five minutes.
        Assert.InRange(cluster.Gateway.Asked.Count(call => call == asked), 8, 11);
        await Done("evt_outage");
        Assert.Equal("Credited", (await purchase.Get())!.State);
    }

    [Fact]
    public async Task A_store_that_fails_refuses_the_event_or_keeps_it_but_never_loses_it()
    {
        var (purchase, _) = await PaidAtTheBank("stored");
        cluster.Storage.FailAfterStoring["stripe-event"] = 1;
        var notice = new StripeNotice { Type = "payment_intent.succeeded", PaymentId = "pi_x", PurchaseKey = "stored/q" };
        await Assert.ThrowsAsync<AccountUnavailableException>(() => Event("evt_stored").Receive(notice));

        // Stripe, which got no 200, sends it again.
        await cluster.Until(async () => await Received("evt_stored", notice));
        await Done("evt_stored");
        Assert.Equal("Credited", (await purchase.Get())!.State);
    }

    [Fact]
    public async Task An_event_that_was_kept_is_worked_on_after_a_crash_by_its_reminder()
    {
        var (purchase, waiting) = await PaidAtTheBank("crashed");
        var kept = "";
        cluster.Storage.Written = (state, json) => kept = state == "stripe-event" && kept.Length == 0 ? json : kept;
        await Receive("evt_crashed", new() { Type = "payment_intent.succeeded", PaymentId = waiting.PaymentIntentId });
        cluster.Storage.Written = null;
        Assert.Contains("\"DoneAt\":null", kept, StringComparison.Ordinal);

        // As if nothing had been remembered after the 200, and no message ever came again but the reminder's.
        await cluster.Deactivate(Event("evt_crashed"));
        var before = Asked();
        cluster.Storage.Restore("stripe-event", "evt_crashed", kept);
        await cluster.Tick(Event("evt_crashed"), "event");
        await Done("evt_crashed");
        Assert.True(Asked() > before);
        Assert.Equal("Credited", (await purchase.Get())!.State);
        Assert.Single(await cluster.Charged("crashed/q"));

        int Asked() => cluster.Gateway.Asked.Count(call => call == "find purchase " + waiting.PaymentIntentId);
    }

    [Fact]
    public async Task A_save_of_the_end_that_fails_only_repeats_the_work()
    {
        var (purchase, _) = await PaidAtTheBank("end-lost");
        var saves = 0;
        cluster.Storage.Written = (state, _) =>
        {
            if (state == "stripe-event" && ++saves == 2) cluster.Storage.FailAfterStoring["stripe-event"] = 1;
        };
        await Event("evt_end_lost").Receive(new() { Type = "payment_intent.succeeded", PaymentId = "pi_x", PurchaseKey = "end-lost/q" });
        await Done("evt_end_lost");
        cluster.Storage.Written = null;
        Assert.Equal("Credited", (await purchase.Get())!.State);
    }

    [Fact]
    public async Task An_event_is_forgotten_after_35_days_and_not_before()
    {
        var grain = Event("evt_old");
        var from = cluster.Clock.GetUtcNow();
        await Receive("evt_old", new() { Type = "payment_intent.created", PaymentId = "pi_missing" });
        cluster.Clock.Advance(from.AddDays(35) - cluster.Clock.GetUtcNow() - TimeSpan.FromSeconds(1));
        await cluster.Tick(grain, "event");
        Assert.NotNull(await grain.Get());
        Assert.Equal(1, await cluster.Reminders(grain));

        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        await cluster.Tick(grain, "event");
        Assert.Null(await grain.Get());
        Assert.False(cluster.Storage.Holds("stripe-event", "evt_old"));
        Assert.Equal(0, await cluster.Reminders(grain));
    }

    [Fact]
    public async Task An_event_that_could_not_be_worked_on_for_35_days_is_given_up()
    {
        cluster.Faults.Down = true;
        var grain = Event("evt_hopeless");
        await grain.Receive(new() { Type = "payment_intent.created", PaymentId = "pi_1" });
        cluster.Clock.Advance(TimeSpan.FromDays(35));
        await cluster.Tick(grain, "event");
        cluster.Faults.Down = false;
        Assert.Null(await grain.Get());
        Assert.False(cluster.Storage.Holds("stripe-event", "evt_hopeless"));
    }

    [Fact]
    public async Task An_event_that_is_given_up_while_Stripe_is_asked_stays_forgotten_when_Stripe_answers()
    {
        var silence = new TaskCompletionSource();
        cluster.Gateway.Hold("find purchase pi_late", silence.Task);
        var grain = Event("evt_late");
        await grain.Receive(new() { Type = "payment_intent.created", PaymentId = "pi_late" });
        await cluster.Until(() => Task.FromResult(cluster.Gateway.Asked.Contains("find purchase pi_late")));
        cluster.Clock.Advance(TimeSpan.FromDays(35));
        await cluster.Tick(grain, "event");
        Assert.Null(await grain.Get());
        silence.SetResult();
        await cluster.Until(() => Task.FromResult(cluster.Gateway.Idle));

        Assert.Null(await grain.Get());
        Assert.False(cluster.Storage.Holds("stripe-event", "evt_late"));
        Assert.Equal(0, await cluster.Reminders(grain));
    }

    private IStripeEventGrain Event(string id) => cluster.Event(id);

    private async Task Receive(string id, StripeNotice notice)
    {
        await Event(id).Receive(notice);
        await Done(id);
    }

    private async Task<bool> Received(string id, StripeNotice notice)
    {
        try
        {
            await Event(id).Receive(notice);
            return true;
        }
        catch (Exception error) when (error is AccountUnavailableException or Orleans.Runtime.OrleansMessageRejectionException)
        {
            // Between two activations.
            return false;
        }
    }

    private Task Done(string id) => cluster.Until(async () => (await Event(id).Get())?.DoneAt is not null);

    // The bank said yes, and nobody came back to say so.
    private async Task<(IPurchaseGrain Purchase, PurchaseView Waiting)> PaidAtTheBank(string account)
    {
        await cluster.OpenAccount(account, PurchaseCluster.AlwaysAuthenticates);
        var purchase = cluster.Purchase(account + "/q");
        await purchase.Quote(1_000);
        var waiting = (await purchase.Confirm(new() { Actor = "anna" })).Purchase!;
        await cluster.PassBankPage(waiting.NextActionUrl!);
        Assert.Equal("RequiresAction", (await purchase.Get())!.State);
        return (purchase, waiting);
    }
}

using Connect.Sandbox.Stripe;
using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

/// <summary>Which events each change is, oldest first.</summary>
public sealed class EventTests : IAsyncLifetime
{
    private StripeSandboxHost _host = null!;
    private string _customer = "";

    public async Task InitializeAsync()
    {
        _host = await StripeSandboxHost.StartAsync();
        _customer = (await _host.NewCustomerAsync()).Id;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_payment_is_four_events_and_each_holds_the_object_as_it_was_then()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var key = new RequestOptions { IdempotencyKey = "pi:purchase-1:c1" };
        var paid = await _host.Client.V1.PaymentIntents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession, key);
        await _host.Client.V1.PaymentIntents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession, key);

        var events = await AllAsync();
        Assert.Equal(
            ["customer.created", "payment_method.attached", "payment_intent.created", "payment_intent.succeeded", "charge.succeeded"],
            events.Select(happened => happened.Type));
        Assert.Equal("requires_confirmation", ((PaymentIntent)events[2].Data.Object).Status);
        var succeeded = events[3];
        Assert.Equal(("succeeded", paid.LatestChargeId), (((PaymentIntent)succeeded.Data.Object).Status, ((PaymentIntent)succeeded.Data.Object).LatestChargeId));
        Assert.Equal((paid.StripeResponse.RequestId, "pi:purchase-1:c1"), (succeeded.Request.Id, succeeded.Request.IdempotencyKey));
        Assert.Equal(("2026-10-28.endive", false, 0L), (succeeded.ApiVersion, succeeded.Livemode, succeeded.PendingWebhooks));
        Assert.Equal(succeeded.Id, (await _host.Client.V1.Events.GetAsync(succeeded.Id)).Id);
    }

    [Fact]
    public async Task A_decline_a_page_and_a_cancellation_are_events()
    {
        var declining = await _host.NewCardAsync("4000000000000341", customer: _customer);
        var declined = await _host.NewIntentAsync(_customer, declining.Id);
        await Assert.ThrowsAsync<StripeException>(() => _host.Client.V1.PaymentIntents.ConfirmAsync(declined.Id, StripeSandboxHost.OffSession));
        await _host.Client.V1.PaymentIntents.CancelAsync(declined.Id);
        Assert.Equal(["payment_intent.created", "payment_intent.payment_failed", "charge.failed", "payment_intent.canceled"], (await TypesAsync())[2..]);

        var asking = await _host.NewCardAsync("4000002760003184", customer: _customer);
        var waiting = await _host.NewIntentAsync(_customer, asking.Id);
        await _host.Client.V1.PaymentIntents.ConfirmAsync(waiting.Id, new PaymentIntentConfirmOptions { ReturnUrl = "http://merchant.example/back" });
        Assert.Equal("payment_intent.requires_action", (await TypesAsync())[^1]);
        await AnswerAsync(waiting.Id, "refuse");
        Assert.Equal("payment_intent.payment_failed", (await TypesAsync())[^1]);
    }

    [Fact]
    public async Task A_refund_and_its_failure_are_events_with_what_was_before()
    {
        var paid = await _host.PayAsync(_customer);
        var seen = (await AllAsync()).Count;
        var refund = await _host.Client.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 1000 });
        await _host.TriggerAsync($"refunds/{refund.Id}/fail");

        var events = (await AllAsync())[seen..];
        Assert.Equal(["charge.refunded", "refund.created", "refund.updated", "refund.failed", "charge.updated"], events.Select(happened => happened.Type));
        Assert.Equal(0, (int)events[0].Data.PreviousAttributes!.amount_refunded);
        Assert.Equal("succeeded", (string)events[2].Data.PreviousAttributes!.status);
        Assert.Null(events[2].Request.Id);
    }

    [Theory]
    [InlineData("win", new[] { "charge.dispute.funds_reinstated", "charge.dispute.closed" })]
    [InlineData("lose", new[] { "charge.dispute.closed" })]
    [InlineData("review", new[] { "charge.dispute.updated" })]
    [InlineData("reinstate", new[] { "charge.dispute.funds_reinstated" })]
    [InlineData("withdraw", new string[0])]
    public async Task A_dispute_tells_each_step(string act, string[] types)
    {
        var paid = await _host.PayAsync(_customer, "4000000000000259");
        var seen = (await AllAsync()).Count;
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        var id = Assert.Single(await _host.Client.V1.Disputes.ListAsync(new DisputeListOptions { PaymentIntent = paid.Id })).Id;
        await _host.TriggerAsync($"disputes/{id}/{act}");

        var events = (await AllAsync())[seen..];
        Assert.Equal(["charge.dispute.created", "charge.dispute.funds_withdrawn", .. types], events.Select(happened => happened.Type));
        Assert.Equal(StripeSandboxHost.Noon.AddSeconds(1).UtcDateTime, events[0].Created);
    }

    [Fact]
    public async Task An_inquiry_is_closed_and_a_warning_loses_its_use()
    {
        var paid = await _host.PayAsync(_customer);
        var seen = (await AllAsync()).Count;
        await _host.TriggerAsync("early_fraud_warnings", new { charge = paid.LatestChargeId });
        var inquiry = (await _host.TriggerAsync("disputes", new { charge = paid.LatestChargeId, status = "warning_needs_response" })).GetProperty("id").GetString();
        await _host.TriggerAsync($"disputes/{inquiry}/withdraw");
        await _host.TriggerAsync($"disputes/{inquiry}/lose");

        Assert.Equal(
            [
                "radar.early_fraud_warning.created", "charge.dispute.created", "radar.early_fraud_warning.updated",
                "charge.dispute.updated", "charge.dispute.funds_withdrawn", "charge.dispute.closed",
            ],
            (await TypesAsync())[seen..]);
    }

    [Fact]
    public async Task A_card_tells_when_it_is_attached_changed_renewed_and_taken()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        await _host.Client.V1.PaymentMethods.UpdateAsync(card.Id, new PaymentMethodUpdateOptions { Metadata = new() { ["seen"] = "yes" } });
        await _host.TriggerAsync($"payment_methods/{card.Id}/renew", new { expMonth = 6, expYear = 2033 });
        await _host.Client.V1.PaymentMethods.DetachAsync(card.Id);
        await _host.Client.V1.Customers.UpdateAsync(_customer, new CustomerUpdateOptions { Name = "Other Venue" });
        await _host.Client.V1.Customers.UpdateAsync(_customer, new CustomerUpdateOptions { Name = "Other Venue" });
        await _host.Client.V1.Customers.DeleteAsync(_customer);

        var events = await AllAsync();
        Assert.Equal(
            [
                "customer.created", "payment_method.attached", "payment_method.updated", "payment_method.automatically_updated", "payment_method.detached",
                "customer.updated", "customer.deleted",
            ],
            events.Select(happened => happened.Type));
        Assert.Equal((6L, 2033L), (((PaymentMethod)events[3].Data.Object).Card.ExpMonth, ((PaymentMethod)events[3].Data.Object).Card.ExpYear));
        Assert.Equal(4, (int)events[3].Data.PreviousAttributes!.card.exp_month);
        Assert.Equal("Test Venue", (string)events[5].Data.PreviousAttributes!.name);
        Assert.True((await _host.Client.V1.Customers.GetAsync(_customer)).Deleted);
        Assert.Empty(await _host.Client.V1.Customers.ListAsync());
    }

    [Fact]
    public async Task A_setup_tells_how_it_goes()
    {
        var setups = _host.Client.V1.SetupIntents;
        var first = await setups.CreateAsync(new SetupIntentCreateOptions { Customer = _customer });
        await Assert.ThrowsAsync<StripeException>(() => setups.ConfirmAsync(first.Id, new SetupIntentConfirmOptions { PaymentMethod = "pm_card_chargeDeclined" }));
        await setups.ConfirmAsync(first.Id, new SetupIntentConfirmOptions { PaymentMethod = "pm_card_authenticationRequired" });
        await AnswerAsync(first.Id, "approve");
        var second = await setups.CreateAsync(new SetupIntentCreateOptions());
        await setups.CancelAsync(second.Id);

        Assert.Equal(
            [
                "customer.created", "setup_intent.created", "setup_intent.setup_failed", "setup_intent.requires_action", "payment_method.attached",
                "setup_intent.succeeded", "setup_intent.created", "setup_intent.canceled",
            ],
            await TypesAsync());
    }

    [Fact]
    public async Task A_session_tells_its_end_at_the_time_of_its_end()
    {
        var sessions = _host.Client.V1.Checkout.Sessions;
        var options = new global::Stripe.Checkout.SessionCreateOptions
        {
            Mode = "setup", Currency = "aud", Customer = _customer, SuccessUrl = "http://merchant.example/done",
        };
        var used = await sessions.CreateAsync(options);
        await sessions.CreateAsync(options);
        await _host.Http.PostAsync(used.Url, new FormUrlEncodedContent(
            [new("number", "4242424242424242"), new("expiry", "04 / 29"), new("cvc", "123"), new("name", "Ana")])).ContinueWith(_ => { }, TaskScheduler.Default);
        var seen = await TypesAsync();
        Assert.Contains("checkout.session.completed", seen);

        _host.Clock.Advance(TimeSpan.FromDays(2));
        var ended = Assert.Single((await AllAsync())[seen.Count..]);
        Assert.Equal(("checkout.session.expired", StripeSandboxHost.Noon.AddDays(1).UtcDateTime), (ended.Type, ended.Created));
    }

    [Fact]
    public async Task Events_are_listed_by_type_and_time()
    {
        var paid = await _host.PayAsync(_customer);
        _host.Clock.Advance(TimeSpan.FromHours(1));
        await _host.Client.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id });

        var events = _host.Client.V1.Events;
        Assert.Equal(["payment_intent.succeeded"], (await events.ListAsync(new EventListOptions { Type = "payment_intent.succeeded" })).Select(happened => happened.Type));
        Assert.Equal(
            ["refund.created", "charge.succeeded"],
            (await events.ListAsync(new EventListOptions { Types = ["charge.succeeded", "refund.created"] })).Select(happened => happened.Type));
        Assert.Equal(
            ["refund.created", "charge.refunded"],
            (await events.ListAsync(new EventListOptions { Created = new DateRangeOptions { GreaterThan = StripeSandboxHost.Noon.UtcDateTime } }))
            .Select(happened => happened.Type));
    }

    [Fact]
    public async Task A_500_rolled_forward_is_only_seen_later()
    {
        var intent = await _host.NewIntentAsync(_customer, (await _host.NewCardAsync(customer: _customer)).Id);
        var key = new RequestOptions { IdempotencyKey = "pi:purchase-1:c1" };
        _host.Faults.Add(new StripeFault { PathContains = "/confirm", Kind = StripeFaultKind.RolledForward, DelayMs = 600_000 });
        await Assert.ThrowsAsync<StripeException>(() => _host.Client.V1.PaymentIntents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession, key));

        _host.Clock.Advance(TimeSpan.FromMinutes(9));
        Assert.Equal("requires_confirmation", (await _host.Client.V1.PaymentIntents.GetAsync(intent.Id)).Status);
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("succeeded", (await _host.Client.V1.PaymentIntents.GetAsync(intent.Id)).Status);
        Assert.Single(await _host.Ledger.SuccessfulChargesAsync());
        var again = await Assert.ThrowsAsync<StripeException>(() => _host.Client.V1.PaymentIntents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession, key));
        Assert.Equal(500, (int)again.HttpStatusCode);
        var told = (await AllAsync()).Single(happened => happened.Type == "payment_intent.succeeded");
        Assert.Equal((StripeSandboxHost.Noon.AddMinutes(10).UtcDateTime, "pi:purchase-1:c1"), (told.Created, told.Request.IdempotencyKey));
    }

    [Fact]
    public async Task What_can_not_be_done_any_more_is_not_rolled_forward()
    {
        var intent = await _host.NewIntentAsync(_customer, (await _host.NewCardAsync(customer: _customer)).Id);
        _host.Faults.Add(new StripeFault { PathContains = "/confirm", Kind = StripeFaultKind.RolledForward, DelayMs = 600_000 });
        await Assert.ThrowsAsync<StripeException>(() => _host.Client.V1.PaymentIntents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));
        await _host.Client.V1.PaymentIntents.CancelAsync(intent.Id);

        _host.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Equal("canceled", (await _host.Client.V1.PaymentIntents.GetAsync(intent.Id)).Status);
        Assert.Empty(await _host.Ledger.SuccessfulChargesAsync());
    }

    private async Task<List<Event>> AllAsync()
    {
        var events = (await _host.Client.V1.Events.ListAsync(new EventListOptions { Limit = 100 })).Data;
        events.Reverse();
        return events;
    }

    private async Task<List<string>> TypesAsync() => [.. (await AllAsync()).Select(happened => happened.Type)];

    private async Task AnswerAsync(string intent, string answer)
    {
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        await browser.PostAsync($"{_host.BaseUrl}/bank/{intent}", new FormUrlEncodedContent([new("answer", answer)]));
    }
}

using Connect.Sandbox.Tests.StripeSandbox;
using Stripe;
using Stripe.Checkout;

namespace Connect.Sandbox.Tests.Honesty;

/// <summary>A walk over every operation of the sandbox and every state of its objects, made once and looked at by several tests.</summary>
public sealed class Walk : IAsyncLifetime
{
    private readonly Recorder _recorder = new();
    private StripeSandboxHost _host = null!;
    private V1Services _api = null!;

    public IReadOnlyList<Exchange> Exchanges => _recorder.Exchanges;

    public ApiDocument Document { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Document = await ApiDocument.LoadAsync();
        _host = await StripeSandboxHost.StartAsync();
        using var http = new HttpClient(_recorder);
        _api = _host.NewClient(http).V1;
        var customer = await WalkCustomersAsync();
        await WalkIntentsAsync(customer);
        await WalkMoneyBackAsync(customer);
        await WalkSetupsAsync(customer);
        await WalkSessionsAsync(customer);
        await WalkEventsAsync();
        await WalkErrorsAsync();
        await _api.Customers.DeleteAsync(customer);
        await _api.Customers.GetAsync(customer);
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    private async Task<string> WalkCustomersAsync()
    {
        var customer = (await _api.Customers.CreateAsync(new CustomerCreateOptions
        {
            Name = "Test Venue", Email = "venue@example.org", Phone = "+61 400 000 000", Description = "A venue", PaymentMethod = "pm_card_visa",
            Metadata = new() { ["account"] = "venue-1" },
        })).Id;
        var card = await _host.NewCardAsync();
        var made = await _api.PaymentMethods.CreateAsync(new PaymentMethodCreateOptions
        {
            Type = "card", Card = new PaymentMethodCardOptions { Number = "5555555555554444", ExpMonth = 4, ExpYear = 2029, Cvc = "123" },
            BillingDetails = new PaymentMethodBillingDetailsOptions { Name = "Ana", Email = "ana@example.org", Phone = "+61 400 000 001" }, Metadata = new() { ["k"] = "v" },
        });
        await _api.PaymentMethods.AttachAsync(made.Id, new PaymentMethodAttachOptions { Customer = customer });
        await _api.PaymentMethods.AttachAsync(card.Id, new PaymentMethodAttachOptions { Customer = customer });
        await _api.PaymentMethods.UpdateAsync(made.Id, new PaymentMethodUpdateOptions { Card = new PaymentMethodCardOptions { ExpMonth = 5, ExpYear = 2030 } });
        await _api.PaymentMethods.GetAsync(made.Id);
        await _api.PaymentMethods.ListAsync(new PaymentMethodListOptions { Customer = customer, Type = "card", Limit = 2 });
        await _api.Customers.PaymentMethods.ListAsync(customer);
        await _api.Customers.PaymentMethods.GetAsync(customer, made.Id);
        await _api.Customers.UpdateAsync(
            customer, new CustomerUpdateOptions { Name = "Venue", InvoiceSettings = new CustomerInvoiceSettingsOptions { DefaultPaymentMethod = made.Id } });
        await _api.Customers.GetAsync(customer, new CustomerGetOptions { Expand = ["invoice_settings.default_payment_method"] });
        await _api.Customers.ListAsync(new CustomerListOptions { Created = new DateRangeOptions { GreaterThanOrEqual = StripeSandboxHost.Noon.UtcDateTime } });
        await _api.PaymentMethods.DetachAsync(made.Id);
        return customer;
    }

    private async Task WalkIntentsAsync(string customer)
    {
        var card = (await _host.NewCardAsync(customer: customer)).Id;
        var options = StripeSandboxHost.IntentOptions(customer, card);
        options.Description = "5,000 credits";
        options.ReceiptEmail = "ana@example.org";
        options.StatementDescriptorSuffix = "SMS";
        options.SetupFutureUsage = "off_session";
        var intent = await _api.PaymentIntents.CreateAsync(options);
        await _api.PaymentIntents.UpdateAsync(intent.Id, new PaymentIntentUpdateOptions { Description = "6,000 credits", Amount = 5000 });
        await _api.PaymentIntents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession);
        await _api.PaymentIntents.GetAsync(intent.Id, new PaymentIntentGetOptions { Expand = ["latest_charge", "customer", "payment_method"] });
        await _api.PaymentIntents.ListAsync(new PaymentIntentListOptions { Customer = customer, Expand = ["data.latest_charge"] });
        var charge = (await _api.Charges.ListAsync(new ChargeListOptions { PaymentIntent = intent.Id })).Data[0];
        await _api.Charges.UpdateAsync(charge.Id, new ChargeUpdateOptions { Description = "Credits", Metadata = new() { ["seen"] = "yes" } });
        await _api.Charges.GetAsync(charge.Id, new ChargeGetOptions { Expand = ["payment_intent"] });
        await RefusedAsync(() => _api.PaymentIntents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));

        var automatic = await _api.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions
        {
            Amount = 100, Currency = "aud", AutomaticPaymentMethods = new PaymentIntentAutomaticPaymentMethodsOptions { Enabled = true, AllowRedirects = "never" },
        });
        await _api.PaymentIntents.CancelAsync(automatic.Id, new PaymentIntentCancelOptions { CancellationReason = "abandoned" });
        foreach (var name in new[] { "pm_card_chargeCustomerFail", "pm_card_radarBlock", "pm_card_authenticationRequired" })
        {
            var refused = await _host.NewIntentAsync(customer, (await _host.AttachAsync(name, customer)).Id);
            await RefusedAsync(() => _api.PaymentIntents.ConfirmAsync(refused.Id, StripeSandboxHost.OffSession));
            await _api.PaymentIntents.GetAsync(refused.Id, new PaymentIntentGetOptions { Expand = ["latest_charge"] });
        }

        var asking = await _host.NewIntentAsync(customer, (await _host.AttachAsync("pm_card_authenticationRequired", customer)).Id);
        await _api.PaymentIntents.ConfirmAsync(asking.Id, new PaymentIntentConfirmOptions { ReturnUrl = "http://merchant.example/back" });
        await _host.Http.PostAsync($"{_host.BaseUrl}/bank/{asking.Id}", new FormUrlEncodedContent([new("answer", "refuse")])).ContinueWith(_ => { }, TaskScheduler.Default);
        await _api.PaymentIntents.GetAsync(asking.Id);
    }

    private async Task WalkMoneyBackAsync(string customer)
    {
        foreach (var number in new[] { "4242424242424242", "4000000000007726", "4000000000005126" })
        {
            var paid = await _host.PayAsync(customer, number);
            var refund = await _api.Refunds.CreateAsync(new RefundCreateOptions
            {
                PaymentIntent = paid.Id, Amount = 1000, Reason = "requested_by_customer", Metadata = new() { ["operation"] = "1" },
            });
            _host.Clock.Advance(TimeSpan.FromMinutes(1));
            await _api.Refunds.GetAsync(refund.Id, new RefundGetOptions { Expand = ["charge"] });
            await _api.Refunds.UpdateAsync(refund.Id, new RefundUpdateOptions { Metadata = new() { ["seen"] = "yes" } });
        }

        await _api.Refunds.ListAsync(new RefundListOptions { Limit = 2 });
        foreach (var number in new[] { "4000000000000259", "4000000000002685", "4000000000001976", "4000000000005423" })
        {
            var paid = await _host.PayAsync(customer, number);
            _host.Clock.Advance(TimeSpan.FromMinutes(1));
            foreach (var dispute in await _api.Disputes.ListAsync(new DisputeListOptions { PaymentIntent = paid.Id, Expand = ["data.charge"] }))
            {
                await _api.Disputes.UpdateAsync(dispute.Id, new DisputeUpdateOptions
                {
                    Evidence = new DisputeEvidenceOptions { UncategorizedText = "They came." }, Submit = true, Metadata = new() { ["seen"] = "yes" },
                });
                await _host.TriggerAsync($"disputes/{dispute.Id}/reinstate");
                await _host.TriggerAsync($"disputes/{dispute.Id}/win");
                await _api.Disputes.GetAsync(dispute.Id);
                await _host.TriggerAsync($"disputes/{dispute.Id}/lose");
                await _api.Disputes.GetAsync(dispute.Id);
            }

            foreach (var warning in await _api.Radar.EarlyFraudWarnings.ListAsync(new() { PaymentIntent = paid.Id }))
                await _api.Radar.EarlyFraudWarnings.GetAsync(warning.Id);
        }

        var inquired = await _host.PayAsync(customer, "4000000000001976");
        _host.Clock.Advance(TimeSpan.FromMinutes(1));
        var inquiry = (await _api.Disputes.ListAsync(new DisputeListOptions { Charge = inquired.LatestChargeId })).Data[0].Id;
        await _host.TriggerAsync($"disputes/{inquiry}/close_warning");
        await _api.Disputes.GetAsync(inquiry);
        await _host.TriggerAsync($"disputes/{inquiry}/withdraw");
        await _api.Disputes.CloseAsync(inquiry);
    }

    private async Task WalkSetupsAsync(string customer)
    {
        var setup = await _api.SetupIntents.CreateAsync(new SetupIntentCreateOptions
        {
            Customer = customer, Description = "A card", Usage = "off_session", Metadata = new() { ["k"] = "v" },
            AutomaticPaymentMethods = new SetupIntentAutomaticPaymentMethodsOptions { Enabled = true, AllowRedirects = "never" },
        });
        await RefusedAsync(() => _api.SetupIntents.ConfirmAsync(setup.Id, new SetupIntentConfirmOptions { PaymentMethod = "pm_card_chargeDeclined" }));
        await _api.SetupIntents.UpdateAsync(setup.Id, new SetupIntentUpdateOptions { PaymentMethod = "pm_card_authenticationRequired", Description = "Another card" });
        await _api.SetupIntents.ConfirmAsync(setup.Id, new SetupIntentConfirmOptions { ReturnUrl = "http://merchant.example/back" });
        await _api.SetupIntents.CancelAsync(setup.Id, new SetupIntentCancelOptions { CancellationReason = "abandoned" });
        await RefusedAsync(() => _api.SetupIntents.ConfirmAsync(setup.Id, new SetupIntentConfirmOptions { PaymentMethod = "pm_card_visa" }));
        var done = await _api.SetupIntents.CreateAsync(new SetupIntentCreateOptions { Customer = customer, PaymentMethod = "pm_card_visa", Confirm = true });
        await _api.SetupIntents.GetAsync(done.Id, new SetupIntentGetOptions { Expand = ["payment_method"] });
        await _api.SetupIntents.ListAsync(new SetupIntentListOptions { Customer = customer });
    }

    private async Task WalkSessionsAsync(string customer)
    {
        var options = new SessionCreateOptions
        {
            Mode = "setup", Currency = "aud", Customer = customer, SuccessUrl = "http://merchant.example/done", CancelUrl = "http://merchant.example/back",
            ClientReferenceId = "venue-1", Metadata = new() { ["k"] = "v" }, ExpiresAt = (_host.Clock.GetUtcNow() + TimeSpan.FromHours(1)).UtcDateTime,
            SetupIntentData = new SessionSetupIntentDataOptions { Description = "A card", Metadata = new() { ["k"] = "v" } },
        };
        var used = await _api.Checkout.Sessions.CreateAsync(options);
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        await browser.PostAsync(used.Url, new FormUrlEncodedContent(
            [new("number", "4242424242424242"), new("expiry", "04 / 29"), new("cvc", "123"), new("name", "Ana")]));
        await _api.Checkout.Sessions.GetAsync(used.Id, new SessionGetOptions { Expand = ["setup_intent.payment_method"] });
        await _api.Checkout.Sessions.ExpireAsync((await _api.Checkout.Sessions.CreateAsync(options)).Id);
        await RefusedAsync(() => _api.Checkout.Sessions.ExpireAsync(used.Id));
        await _api.Checkout.Sessions.ListAsync(new SessionListOptions { Customer = customer });
    }

    private async Task WalkEventsAsync()
    {
        var endpoint = await _api.WebhookEndpoints.CreateAsync(new WebhookEndpointCreateOptions
        {
            Url = "http://127.0.0.1:1/hooks", EnabledEvents = ["charge.refunded"], Description = "Ours", Metadata = new() { ["k"] = "v" },
        });
        await _api.WebhookEndpoints.GetAsync(endpoint.Id);
        await _api.WebhookEndpoints.UpdateAsync(endpoint.Id, new WebhookEndpointUpdateOptions { Disabled = true, Description = "Theirs" });
        await _api.WebhookEndpoints.ListAsync();
        await _api.WebhookEndpoints.DeleteAsync(endpoint.Id);
        string? after = null;
        StripeList<Event> page;
        do
        {
            page = await _api.Events.ListAsync(new EventListOptions { Limit = 100, StartingAfter = after });
            after = page.Data[^1].Id;
        }
        while (page.HasMore);

        await _api.Events.GetAsync(after);
        await _api.Events.ListAsync(new EventListOptions { Types = ["charge.refunded"] });
    }

    private async Task WalkErrorsAsync()
    {
        await RefusedAsync(() => _api.Customers.GetAsync("cus_nobody"));
        await RefusedAsync(() => _api.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions { Amount = 1, Currency = "aud" }));
        await RefusedAsync(() => _api.PaymentMethods.AttachAsync("pm_card_chargeDeclined", new PaymentMethodAttachOptions { Customer = "cus_nobody" }));
        await RefusedAsync(() => _api.Refunds.CreateAsync(new RefundCreateOptions()));
    }

    private static async Task RefusedAsync(Func<Task> act) => await Assert.ThrowsAsync<StripeException>(act);
}

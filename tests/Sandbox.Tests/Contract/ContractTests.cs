using Stripe;
using Stripe.Checkout;

namespace Connect.Sandbox.Tests.Contract;

/// <summary>
/// What this program relies on in Stripe, by its public API alone: test names instead of card numbers, no faults, no triggers, no clock that is moved.
/// Runs against our sandbox, or against any server that is named (see <see cref="StripeTarget"/>).
/// </summary>
public sealed class ContractTests(StripeTarget stripe) : IClassFixture<StripeTarget>
{
    private V1Services Api => stripe.Api;

    [Fact]
    public async Task An_intent_charges_once_after_its_confirmation()
    {
        var customer = await CustomerAsync();
        var card = await AttachAsync("pm_card_visa", customer);
        var intent = await IntentAsync(customer, card);
        Assert.Equal(("requires_confirmation", 0L), (intent.Status, intent.AmountReceived));

        var paid = await Api.PaymentIntents.ConfirmAsync(intent.Id, OffSession);
        Assert.Equal(("succeeded", 4450L, "aud", customer), (paid.Status, paid.AmountReceived, paid.Currency, paid.CustomerId));
        var charge = Assert.Single(await Api.Charges.ListAsync(new ChargeListOptions { PaymentIntent = intent.Id }));
        Assert.Equal((paid.LatestChargeId, "succeeded", true, 4450L), (charge.Id, charge.Status, charge.Paid, charge.Amount));

        await RefusedAsync("payment_intent_unexpected_state", () => Api.PaymentIntents.ConfirmAsync(intent.Id, OffSession));
        await RefusedAsync("payment_intent_unexpected_state", () => Api.PaymentIntents.CancelAsync(intent.Id));
    }

    [Fact]
    public async Task The_same_key_is_answered_with_the_first_answer_and_belongs_to_its_parameters()
    {
        var customer = await CustomerAsync();
        var card = await AttachAsync("pm_card_visa", customer);
        var key = new RequestOptions { IdempotencyKey = $"pi:{customer}" };
        var first = await Api.PaymentIntents.CreateAsync(Intent(customer, card), key);
        var second = await Api.PaymentIntents.CreateAsync(Intent(customer, card), key);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal("true", second.StripeResponse.Headers.GetValues("Idempotent-Replayed").Single());
        var other = Intent(customer, card);
        other.Amount = 9900;
        var error = await Assert.ThrowsAsync<StripeException>(() => Api.PaymentIntents.CreateAsync(other, key));
        Assert.Equal((400, "idempotency_error"), ((int)error.HttpStatusCode, error.StripeError.Type));
    }

    [Fact]
    public async Task A_decline_names_its_reason_and_is_replayed_without_a_second_charge()
    {
        var customer = await CustomerAsync();
        var intent = await IntentAsync(customer, await AttachAsync("pm_card_chargeCustomerFail", customer));
        var key = new RequestOptions { IdempotencyKey = $"pi:{customer}:c1" };
        var first = await Assert.ThrowsAsync<StripeException>(() => Api.PaymentIntents.ConfirmAsync(intent.Id, OffSession, key));
        var second = await Assert.ThrowsAsync<StripeException>(() => Api.PaymentIntents.ConfirmAsync(intent.Id, OffSession, key));

        Assert.Equal((402, "card_error", "card_declined", "generic_decline"), Reason(first));
        Assert.Equal(("requires_payment_method", first.StripeError.Charge), (first.StripeError.PaymentIntent.Status, second.StripeError.Charge));
        Assert.False(Assert.Single(await Api.Charges.ListAsync(new ChargeListOptions { PaymentIntent = intent.Id })).Paid);
        var read = await Api.PaymentIntents.GetAsync(intent.Id);
        Assert.Equal(("requires_payment_method", "card_declined"), (read.Status, read.LastPaymentError.Code));
    }

    [Fact]
    public async Task A_declined_card_does_not_attach()
    {
        var customer = await CustomerAsync();
        var error = await Assert.ThrowsAsync<StripeException>(() => AttachAsync("pm_card_visa_chargeDeclined", customer));

        Assert.Equal((402, "card_error", "card_declined", "generic_decline"), Reason(error));
        Assert.Empty(await Api.Customers.PaymentMethods.ListAsync(customer));
    }

    [Fact]
    public async Task A_card_that_wants_its_owner_is_declined_off_session_and_asks_on_session()
    {
        var customer = await CustomerAsync();
        var card = await AttachAsync("pm_card_authenticationRequired", customer);
        var declined = await IntentAsync(customer, card);
        var error = await Assert.ThrowsAsync<StripeException>(() => Api.PaymentIntents.ConfirmAsync(declined.Id, OffSession));
        Assert.Equal((402, "card_error", "authentication_required", "authentication_required"), Reason(error));

        var asking = await IntentAsync(customer, card);
        var waiting = await Api.PaymentIntents.ConfirmAsync(asking.Id, new PaymentIntentConfirmOptions { ReturnUrl = "https://example.org/back" });
        Assert.Equal(("requires_action", "redirect_to_url"), (waiting.Status, waiting.NextAction.Type));
        Assert.Equal("https://example.org/back", waiting.NextAction.RedirectToUrl.ReturnUrl);
        Assert.Equal("canceled", (await Api.PaymentIntents.CancelAsync(asking.Id)).Status);
        await RefusedAsync("payment_intent_unexpected_state", () => Api.PaymentIntents.ConfirmAsync(asking.Id, OffSession));
    }

    [Fact]
    public async Task Intents_of_a_customer_are_listed_newest_first_in_pages()
    {
        var customer = await CustomerAsync();
        var card = await AttachAsync("pm_card_visa", customer);
        var made = new List<string>();
        for (var i = 0; i < 3; i++)
            made.Insert(0, (await IntentAsync(customer, card)).Id);
        var first = await Api.PaymentIntents.ListAsync(new PaymentIntentListOptions { Customer = customer, Limit = 2 });
        var second = await Api.PaymentIntents.ListAsync(new PaymentIntentListOptions { Customer = customer, Limit = 2, StartingAfter = first.Data[^1].Id });

        Assert.Equal((true, false), (first.HasMore, second.HasMore));
        Assert.Equal(made.Order(), first.Concat(second).Select(intent => intent.Id).Order());
    }

    [Fact]
    public async Task Refunds_add_up_to_the_charge_and_no_further()
    {
        var paid = await PayAsync("pm_card_visa");
        var part = await Api.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 1000, Reason = "requested_by_customer" });
        Assert.Equal(("succeeded", 1000L, paid.LatestChargeId), (part.Status, part.Amount, part.ChargeId));
        var error = await Assert.ThrowsAsync<StripeException>(() => Api.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 3451 }));
        Assert.Equal((400, "invalid_request_error", "amount"), ((int)error.HttpStatusCode, error.StripeError.Type, error.StripeError.Param));
        var rest = await Api.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id });

        Assert.Equal(3450, rest.Amount);
        var charge = await Api.Charges.GetAsync(paid.LatestChargeId);
        Assert.Equal((4450L, true), (charge.AmountRefunded, charge.Refunded));
        await RefusedAsync("charge_already_refunded", () => Api.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id }));
        Assert.Equal(
            new[] { part.Id, rest.Id }.Order(),
            (await Api.Refunds.ListAsync(new RefundListOptions { PaymentIntent = paid.Id })).Select(refund => refund.Id).Order());
    }

    [Fact]
    public async Task A_pending_refund_succeeds_later()
    {
        var paid = await PayAsync("pm_card_pendingRefund");
        var refund = await Api.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id });
        Assert.Equal("pending", refund.Status);
        await UntilAsync(async () => (await Api.Refunds.GetAsync(refund.Id)).Status == "succeeded");
    }

    [Fact]
    public async Task A_refund_that_succeeded_can_fail_later()
    {
        var paid = await PayAsync("pm_card_refundFail");
        var refund = await Api.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id });
        Assert.Equal("succeeded", refund.Status);
        await UntilAsync(async () => (await Api.Refunds.GetAsync(refund.Id)).Status == "failed");
    }

    [Theory]
    [InlineData("pm_card_createDispute", "fraudulent", "needs_response", -4450)]
    [InlineData("pm_card_createDisputeProductNotReceived", "product_not_received", "needs_response", -4450)]
    [InlineData("pm_card_createDisputeInquiry", "fraudulent", "warning_needs_response", 0)]
    public async Task A_charge_is_disputed_after_it_was_paid(string card, string reason, string status, long moved)
    {
        var paid = await PayAsync(card);
        var dispute = await DisputeAsync(paid);

        Assert.Equal((reason, status, 4450L, paid.LatestChargeId), (dispute.Reason, dispute.Status, dispute.Amount, dispute.ChargeId));
        Assert.Equal(moved, dispute.BalanceTransactions.Sum(transaction => transaction.Amount));
        Assert.True((await Api.Charges.GetAsync(paid.LatestChargeId)).Disputed);
    }

    [Theory]
    [InlineData("winning_evidence", "won")]
    [InlineData("losing_evidence", "lost")]
    public async Task A_dispute_is_decided_by_its_evidence(string evidence, string status)
    {
        var dispute = await DisputeAsync(await PayAsync("pm_card_createDispute"));
        await Api.Disputes.UpdateAsync(dispute.Id, new DisputeUpdateOptions { Evidence = new DisputeEvidenceOptions { UncategorizedText = evidence }, Submit = true });

        await UntilAsync(async () => (await Api.Disputes.GetAsync(dispute.Id)).Status == status);
        Assert.Equal(status == "won" ? 0 : -4450, (await Api.Disputes.GetAsync(dispute.Id)).BalanceTransactions.Sum(transaction => transaction.Amount));
    }

    [Fact]
    public async Task A_bank_warns_of_fraud()
    {
        var paid = await PayAsync("pm_card_createIssuerFraudRecord");
        StripeList<global::Stripe.Radar.EarlyFraudWarning> warnings = null!;
        await UntilAsync(async () => (warnings = await Api.Radar.EarlyFraudWarnings.ListAsync(new() { PaymentIntent = paid.Id })).Any());

        Assert.Equal((paid.LatestChargeId, true), (warnings.Single().ChargeId, warnings.Single().Actionable));
    }

    [Fact]
    public async Task A_setup_saves_a_card_and_a_used_one_is_over()
    {
        var customer = await CustomerAsync();
        var setup = await Api.SetupIntents.CreateAsync(new SetupIntentCreateOptions { Customer = customer, AllowedPaymentMethodTypes = ["card"] });
        Assert.Equal("requires_payment_method", setup.Status);
        var done = await Api.SetupIntents.ConfirmAsync(setup.Id, new SetupIntentConfirmOptions { PaymentMethod = "pm_card_visa" });

        Assert.Equal("succeeded", done.Status);
        Assert.Equal(done.PaymentMethodId, Assert.Single(await Api.Customers.PaymentMethods.ListAsync(customer)).Id);
        await RefusedAsync("setup_intent_unexpected_state", () => Api.SetupIntents.CancelAsync(setup.Id));
    }

    [Fact]
    public async Task A_session_in_setup_mode_has_a_page_until_it_is_expired()
    {
        var customer = await CustomerAsync();
        var session = await Api.Checkout.Sessions.CreateAsync(new SessionCreateOptions
        {
            Mode = "setup", Currency = "aud", Customer = customer, SuccessUrl = "https://example.org/done?id={CHECKOUT_SESSION_ID}", CancelUrl = "https://example.org/back",
        });
        Assert.Equal(("open", "setup"), (session.Status, session.Mode));
        Assert.StartsWith("http", session.Url, StringComparison.Ordinal);

        var expired = await Api.Checkout.Sessions.ExpireAsync(session.Id);
        Assert.Equal("expired", expired.Status);
        Assert.Null(expired.Url);
        Assert.Equal(session.SetupIntentId, (await Api.Checkout.Sessions.GetAsync(session.Id, new SessionGetOptions { Expand = ["setup_intent"] })).SetupIntent.Id);
    }

    [Fact]
    public async Task A_detached_card_is_gone_for_good()
    {
        var customer = await CustomerAsync();
        var card = await AttachAsync("pm_card_mastercard", customer);
        await Api.Customers.UpdateAsync(
            customer, new CustomerUpdateOptions { InvoiceSettings = new CustomerInvoiceSettingsOptions { DefaultPaymentMethod = card } });
        Assert.Equal(card, (await Api.Customers.GetAsync(customer)).InvoiceSettings.DefaultPaymentMethodId);
        Assert.Null((await Api.PaymentMethods.DetachAsync(card)).CustomerId);

        Assert.Null((await Api.Customers.GetAsync(customer)).InvoiceSettings.DefaultPaymentMethodId);
        await Assert.ThrowsAsync<StripeException>(() => AttachAsync(card, customer));
    }

    [Fact]
    public async Task A_payment_is_told_by_events_that_stripe_net_takes()
    {
        var paid = await PayAsync("pm_card_visa");
        List<Event> events = [];
        await UntilAsync(async () =>
        {
            events = (await Api.Events.ListAsync(new EventListOptions { Limit = 100, Types = ["payment_intent.succeeded", "charge.succeeded"] })).Data;
            return events.Any(happened => happened.Data.Object is PaymentIntent intent && intent.Id == paid.Id)
                && events.Any(happened => happened.Data.Object is Charge charge && charge.PaymentIntentId == paid.Id);
        });

        var told = events.Single(happened => happened.Data.Object is PaymentIntent intent && intent.Id == paid.Id);
        Assert.Equal("succeeded", ((PaymentIntent)told.Data.Object).Status);
        Assert.Equal(told.Type, EventUtility.ParseEvent((await Api.Events.GetAsync(told.Id)).StripeResponse.Content).Type);
    }

    [Fact]
    public async Task A_webhook_endpoint_shows_its_secret_once()
    {
        var made = await Api.WebhookEndpoints.CreateAsync(new WebhookEndpointCreateOptions { Url = "https://example.org/hooks", EnabledEvents = ["charge.refunded"] });
        try
        {
            Assert.StartsWith("whsec_", made.Secret, StringComparison.Ordinal);
            Assert.Null((await Api.WebhookEndpoints.GetAsync(made.Id)).Secret);
        }
        finally
        {
            Assert.True((await Api.WebhookEndpoints.DeleteAsync(made.Id)).Deleted);
        }
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_not_known_is_refused_by_its_code()
    {
        await RefusedAsync("resource_missing", () => Api.PaymentIntents.GetAsync("pi_nobody"));
        await RefusedAsync("resource_missing", () => AttachAsync("pm_card_visa", "cus_nobody"));
        await RefusedAsync("amount_too_small", () => Api.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions { Amount = 1, Currency = "aud" }));
        var options = new PaymentIntentCreateOptions { Amount = 4450, Currency = "aud" };
        options.AddExtraParam("nobody_knows_this", "1");
        await RefusedAsync("parameter_unknown", () => Api.PaymentIntents.CreateAsync(options));
    }

    private static PaymentIntentConfirmOptions OffSession => new() { OffSession = true, ErrorOnRequiresAction = true };

    private static PaymentIntentCreateOptions Intent(string customer, string card) => new()
    {
        Amount = 4450, Currency = "aud", Customer = customer, PaymentMethod = card, AllowedPaymentMethodTypes = ["card"],
        Metadata = new() { ["purchase_id"] = "contract" },
    };

    private static (int, string, string, string) Reason(StripeException error) =>
        ((int)error.HttpStatusCode, error.StripeError.Type, error.StripeError.Code, error.StripeError.DeclineCode);

    private static async Task RefusedAsync(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<StripeException>(act)).StripeError.Code);

    /// <summary>Waits for what the server brings about by itself; gives up after a minute.</summary>
    private static async Task UntilAsync(Func<Task<bool>> reached)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (!await reached())
            await Task.Delay(200, patience.Token);
    }

    private async Task<string> CustomerAsync() => (await Api.Customers.CreateAsync(new CustomerCreateOptions { Name = "Contract suite" })).Id;

    private async Task<string> AttachAsync(string card, string customer) =>
        (await Api.PaymentMethods.AttachAsync(card, new PaymentMethodAttachOptions { Customer = customer })).Id;

    private async Task<PaymentIntent> IntentAsync(string customer, string card) => await Api.PaymentIntents.CreateAsync(Intent(customer, card));

    private async Task<PaymentIntent> PayAsync(string card)
    {
        var customer = await CustomerAsync();
        var intent = await IntentAsync(customer, await AttachAsync(card, customer));
        return await Api.PaymentIntents.ConfirmAsync(intent.Id, OffSession);
    }

    private async Task<Dispute> DisputeAsync(PaymentIntent paid)
    {
        StripeList<Dispute> disputes = null!;
        await UntilAsync(async () => (disputes = await Api.Disputes.ListAsync(new DisputeListOptions { PaymentIntent = paid.Id })).Any());
        return disputes.Single();
    }
}

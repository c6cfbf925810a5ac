using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

public sealed class PaymentIntentTests : IAsyncLifetime
{
    private StripeSandboxHost _host = null!;
    private string _customer = "";

    private PaymentIntentService Intents => _host.Client.V1.PaymentIntents;

    public async Task InitializeAsync()
    {
        _host = await StripeSandboxHost.StartAsync();
        _customer = (await _host.NewCustomerAsync()).Id;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_new_intent_with_a_card_waits_for_its_confirmation_and_charges_nothing()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);

        Assert.Equal("requires_confirmation", intent.Status);
        Assert.Equal(4450, intent.Amount);
        Assert.Equal(0, intent.AmountReceived);
        Assert.Equal("aud", intent.Currency);
        Assert.Equal(_customer, intent.CustomerId);
        Assert.Equal(card.Id, intent.PaymentMethodId);
        Assert.Equal("purchase-1", intent.Metadata["purchase_id"]);
        Assert.Equal(StripeSandboxHost.Noon.UtcDateTime, intent.Created);
        Assert.False(intent.Livemode);
        Assert.Empty(await _host.Ledger.SuccessfulChargesAsync());
    }

    [Fact]
    public async Task A_confirmed_intent_is_paid_and_shows_its_charge()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var paid = await Intents.ConfirmAsync(intent.Id, new PaymentIntentConfirmOptions
        {
            OffSession = true, ErrorOnRequiresAction = true, PaymentMethodOptions = StripeSandboxHost.OffSession.PaymentMethodOptions, Expand = ["latest_charge"],
        });

        Assert.Equal("succeeded", paid.Status);
        Assert.Equal(4450, paid.AmountReceived);
        Assert.Null(paid.LastPaymentError);
        Assert.Equal("succeeded", paid.LatestCharge.Status);
        Assert.True(paid.LatestCharge.Paid);
        Assert.Equal(4450, paid.LatestCharge.Amount);
        Assert.Equal("4242", paid.LatestCharge.PaymentMethodDetails.Card.Last4);
        var charge = Assert.Single((await _host.Ledger.ChargesByPurchaseAsync())["purchase-1"]);
        Assert.Equal((paid.LatestChargeId, 4450L, "aud", _customer), (charge.Id, charge.Amount, charge.Currency, charge.CustomerId));
    }

    [Fact]
    public async Task An_intent_without_a_card_wants_one_and_can_be_given_it()
    {
        var options = StripeSandboxHost.IntentOptions(_customer, "");
        options.PaymentMethod = null;
        var intent = await Intents.CreateAsync(options);
        Assert.Equal("requires_payment_method", intent.Status);
        var error = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));
        Assert.Equal((400, "payment_intent_unexpected_state"), ((int)error.HttpStatusCode, error.StripeError.Code));

        var card = await _host.NewCardAsync(customer: _customer);
        var updated = await Intents.UpdateAsync(intent.Id, new PaymentIntentUpdateOptions { PaymentMethod = card.Id, Amount = 5000, Description = "5,000 credits" });
        Assert.Equal(("requires_confirmation", 5000L, "5,000 credits"), (updated.Status, updated.Amount, updated.Description));
        Assert.Equal(5000, (await Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession)).AmountReceived);
    }

    [Fact]
    public async Task An_intent_can_be_made_and_confirmed_at_once()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var options = StripeSandboxHost.IntentOptions(_customer, card.Id);
        options.Confirm = true;
        options.OffSession = true;

        Assert.Equal("succeeded", (await Intents.CreateAsync(options)).Status);
    }

    [Fact]
    public async Task A_paid_intent_can_not_be_confirmed_cancelled_or_changed()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        await Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession);

        foreach (var attempt in new Func<Task>[]
                 {
                     () => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession),
                     () => Intents.CancelAsync(intent.Id),
                     () => Intents.UpdateAsync(intent.Id, new PaymentIntentUpdateOptions { Amount = 9999 }),
                 })
        {
            var error = await Assert.ThrowsAsync<StripeException>(attempt);
            Assert.Equal(
                (400, "invalid_request_error", "payment_intent_unexpected_state", intent.Id, "succeeded"),
                ((int)error.HttpStatusCode, error.StripeError.Type, error.StripeError.Code, error.StripeError.PaymentIntent.Id, error.StripeError.PaymentIntent.Status));
        }

        Assert.Single(await _host.Ledger.SuccessfulChargesAsync());
        var labelled = await Intents.UpdateAsync(intent.Id, new PaymentIntentUpdateOptions { Metadata = new Dictionary<string, string> { ["seen"] = "yes" } });
        Assert.Equal("yes", labelled.Metadata["seen"]);
    }

    [Fact]
    public async Task A_cancelled_intent_can_never_be_paid()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        _host.Clock.Advance(TimeSpan.FromMinutes(15));
        var cancelled = await Intents.CancelAsync(intent.Id, new PaymentIntentCancelOptions { CancellationReason = "abandoned" });

        Assert.Equal(
            ("canceled", "abandoned", StripeSandboxHost.Noon.AddMinutes(15).UtcDateTime),
            (cancelled.Status, cancelled.CancellationReason, cancelled.CanceledAt));
        var error = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));
        Assert.Equal(("payment_intent_unexpected_state", "canceled"), (error.StripeError.Code, error.StripeError.PaymentIntent.Status));
        Assert.Empty(await _host.Ledger.SuccessfulChargesAsync());
    }

    [Fact]
    public async Task A_declined_intent_takes_another_card()
    {
        var bad = await _host.NewCardAsync("4000000000000341", customer: _customer);
        var good = await _host.NewCardAsync(customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, bad.Id);
        await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));
        var paid = await Intents.ConfirmAsync(intent.Id, new PaymentIntentConfirmOptions { PaymentMethod = good.Id, OffSession = true });

        Assert.Equal("succeeded", paid.Status);
        Assert.Null(paid.LastPaymentError);
        var charges = await _host.Client.V1.Charges.ListAsync(new ChargeListOptions { PaymentIntent = intent.Id });
        Assert.Equal(["succeeded", "failed"], charges.Data.Select(charge => charge.Status));
    }

    [Theory]
    [InlineData(49, "amount_too_small")]
    [InlineData(0, "parameter_invalid_integer")]
    [InlineData(-1, "parameter_invalid_integer")]
    [InlineData(100_000_000, "amount_too_large")]
    public async Task An_amount_outside_the_bounds_is_refused(long amount, string code)
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var error = await Assert.ThrowsAsync<StripeException>(() => _host.NewIntentAsync(_customer, card.Id, amount));

        Assert.Equal((400, code, "amount"), ((int)error.HttpStatusCode, error.StripeError.Code, error.StripeError.Param));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(99_999_999)]
    public async Task The_bounds_themselves_are_amounts(long amount)
    {
        var card = await _host.NewCardAsync(customer: _customer);

        Assert.Equal(amount, (await _host.NewIntentAsync(_customer, card.Id, amount)).Amount);
    }

    [Fact]
    public async Task A_missing_amount_and_an_unknown_currency_are_refused_by_name()
    {
        var missing = await Assert.ThrowsAsync<StripeException>(() => Intents.CreateAsync(new PaymentIntentCreateOptions { Currency = "aud" }));
        var unknown = await Assert.ThrowsAsync<StripeException>(() => Intents.CreateAsync(new PaymentIntentCreateOptions { Amount = 500, Currency = "xyz" }));

        Assert.Equal((400, "parameter_missing", "amount"), ((int)missing.HttpStatusCode, missing.StripeError.Code, missing.StripeError.Param));
        Assert.Equal((400, "currency"), ((int)unknown.HttpStatusCode, unknown.StripeError.Param));
    }

    [Fact]
    public async Task The_card_of_another_customer_is_refused()
    {
        var card = await _host.NewCardAsync(customer: (await _host.NewCustomerAsync()).Id);
        var error = await Assert.ThrowsAsync<StripeException>(() => _host.NewIntentAsync(_customer, card.Id));

        Assert.Equal((400, "payment_method"), ((int)error.HttpStatusCode, error.StripeError.Param));
    }

    [Fact]
    public async Task A_detached_card_is_refused_even_by_an_intent_that_was_made_with_it()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        await _host.Client.V1.PaymentMethods.DetachAsync(card.Id);
        var error = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));

        Assert.Equal((400, "payment_method"), ((int)error.HttpStatusCode, error.StripeError.Param));
        Assert.Equal("requires_confirmation", (await Intents.GetAsync(intent.Id)).Status);
    }

    [Fact]
    public async Task An_unlimited_choice_of_payment_methods_wants_a_way_back_when_the_payer_is_there()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var options = StripeSandboxHost.IntentOptions(_customer, card.Id);
        options.AllowedPaymentMethodTypes = null;
        var intent = await Intents.CreateAsync(options);
        var error = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id));

        Assert.Equal((400, "return_url"), ((int)error.HttpStatusCode, error.StripeError.Param));
        var paid = await Intents.ConfirmAsync(intent.Id, new PaymentIntentConfirmOptions { ReturnUrl = "http://merchant.example/back" });
        Assert.Equal("succeeded", paid.Status);
    }

    [Fact]
    public async Task Intents_are_listed_by_customer_and_time()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var ids = new List<string>();
        for (var hour = 0; hour < 4; hour++)
        {
            ids.Add((await _host.NewIntentAsync(_customer, card.Id, purchase: $"purchase-{hour}")).Id);
            _host.Clock.Advance(TimeSpan.FromHours(1));
        }

        var other = await _host.NewCustomerAsync();
        await Intents.CreateAsync(new PaymentIntentCreateOptions { Amount = 500, Currency = "aud", Customer = other.Id });

        var between = await Intents.ListAsync(new PaymentIntentListOptions
        {
            Customer = _customer,
            Created = new DateRangeOptions
            {
                GreaterThanOrEqual = StripeSandboxHost.Noon.AddHours(1).UtcDateTime, LessThanOrEqual = StripeSandboxHost.Noon.AddHours(2).UtcDateTime,
            },
        });
        var outside = await Intents.ListAsync(new PaymentIntentListOptions
        {
            Customer = _customer,
            Created = new DateRangeOptions { GreaterThan = StripeSandboxHost.Noon.UtcDateTime, LessThan = StripeSandboxHost.Noon.AddHours(2).UtcDateTime },
        });
        var exactly = await Intents.ListAsync(new PaymentIntentListOptions { Created = StripeSandboxHost.Noon.AddHours(3).UtcDateTime });
        var all = await Intents.ListAsync(new PaymentIntentListOptions { Expand = ["data.payment_method"] });

        Assert.Equal([ids[2], ids[1]], between.Data.Select(intent => intent.Id));
        Assert.Equal([ids[1]], outside.Data.Select(intent => intent.Id));
        Assert.Equal([ids[3]], exactly.Data.Select(intent => intent.Id));
        Assert.Equal("purchase-1", outside.Data[0].Metadata["purchase_id"]);
        Assert.Equal(5, all.Data.Count);
        Assert.Equal("4242", all.Data[1].PaymentMethod.Card.Last4);
    }

    [Fact]
    public async Task An_intent_expands_to_its_card()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var read = await Intents.GetAsync(intent.Id, new PaymentIntentGetOptions { Expand = ["payment_method", "latest_charge"] });

        Assert.Equal("4242", read.PaymentMethod.Card.Last4);
        Assert.Null(read.LatestCharge);
        var error = await Assert.ThrowsAsync<StripeException>(
            () => Intents.GetAsync(intent.Id, new PaymentIntentGetOptions { Expand = ["status"] }));
        Assert.Equal((400, "This property cannot be expanded (status)."), ((int)error.HttpStatusCode, error.StripeError.Message));
    }

    [Fact]
    public async Task Confirmations_at_the_same_moment_charge_once()
    {
        var card = await _host.NewCardAsync(customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            try
            {
                return (await Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession)).Status;
            }
            catch (StripeException error)
            {
                return error.StripeError.Code;
            }
        }));

        Assert.Single(outcomes, "succeeded");
        Assert.Equal(7, outcomes.Count(outcome => outcome == "payment_intent_unexpected_state"));
        Assert.Single(await _host.Ledger.SuccessfulChargesAsync());
    }
}

using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

public sealed class SetupIntentTests : IAsyncLifetime
{
    private StripeSandboxHost _host = null!;
    private string _customer = "";

    private SetupIntentService Setups => _host.Client.V1.SetupIntents;

    public async Task InitializeAsync()
    {
        _host = await StripeSandboxHost.StartAsync();
        _customer = (await _host.NewCustomerAsync()).Id;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_setup_confirmed_saves_the_card_for_its_customer()
    {
        var setup = await Setups.CreateAsync(new SetupIntentCreateOptions { Customer = _customer, AllowedPaymentMethodTypes = ["card"] });
        Assert.Equal("requires_payment_method", setup.Status);
        var done = await Setups.ConfirmAsync(setup.Id, new SetupIntentConfirmOptions { PaymentMethod = "pm_card_visa" });

        Assert.Equal("succeeded", done.Status);
        Assert.Equal(done.PaymentMethodId, Assert.Single(await _host.Client.V1.Customers.PaymentMethods.ListAsync(_customer)).Id);
        var error = await Assert.ThrowsAsync<StripeException>(() => Setups.ConfirmAsync(setup.Id));
        Assert.Equal(("setup_intent_unexpected_state", "succeeded"), (error.StripeError.Code, error.StripeError.SetupIntent.Status));
        await Assert.ThrowsAsync<StripeException>(() => Setups.CancelAsync(setup.Id));
    }

    [Fact]
    public async Task A_refused_card_is_not_saved_and_the_setup_says_why()
    {
        var setup = await Setups.CreateAsync(new SetupIntentCreateOptions { Customer = _customer });
        var error = await Assert.ThrowsAsync<StripeException>(
            () => Setups.ConfirmAsync(setup.Id, new SetupIntentConfirmOptions { PaymentMethod = "pm_card_visa_chargeDeclinedInsufficientFunds" }));

        Assert.Equal((402, "card_declined", "insufficient_funds"), ((int)error.HttpStatusCode, error.StripeError.Code, error.StripeError.DeclineCode));
        var read = await Setups.GetAsync(setup.Id);
        Assert.Equal(("requires_payment_method", "insufficient_funds"), (read.Status, read.LastSetupError.DeclineCode));
        Assert.Empty(await _host.Client.V1.Customers.PaymentMethods.ListAsync(_customer));
    }

    [Theory]
    [InlineData("approve", "succeeded", "succeeded")]
    [InlineData("refuse", "requires_payment_method", "failed")]
    public async Task A_card_that_wants_its_owner_is_saved_at_the_banks_page(string answer, string status, string outcome)
    {
        var setup = await Setups.CreateAsync(new SetupIntentCreateOptions
        {
            Customer = _customer, PaymentMethod = "pm_card_authenticationRequiredOnSetup", Confirm = true, ReturnUrl = "http://merchant.example/back",
        });
        Assert.Equal("requires_action", setup.Status);
        using var browser = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });
        var back = await browser.PostAsync(setup.NextAction.RedirectToUrl.Url, new FormUrlEncodedContent([new("answer", answer)]));

        Assert.Equal(
            $"http://merchant.example/back?setup_intent={setup.Id}&setup_intent_client_secret={setup.ClientSecret}&redirect_status={outcome}",
            back.Headers.Location!.OriginalString);
        Assert.Equal(status, (await Setups.GetAsync(setup.Id)).Status);
        if (answer == "approve")
        {
            var intent = await _host.NewIntentAsync(_customer, setup.PaymentMethodId);
            Assert.Equal("succeeded", (await _host.Client.V1.PaymentIntents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession)).Status);
        }
    }

    [Fact]
    public async Task A_setup_can_be_changed_and_given_up()
    {
        var setup = await Setups.CreateAsync(new SetupIntentCreateOptions { Usage = "on_session", Description = "first" });
        var changed = await Setups.UpdateAsync(setup.Id, new SetupIntentUpdateOptions { Customer = _customer, Description = "second", PaymentMethod = "pm_card_visa" });
        Assert.Equal(("on_session", "second", "requires_confirmation", _customer), (changed.Usage, changed.Description, changed.Status, changed.CustomerId));

        var cancelled = await Setups.CancelAsync(setup.Id, new SetupIntentCancelOptions { CancellationReason = "abandoned" });
        Assert.Equal(("canceled", "abandoned"), (cancelled.Status, cancelled.CancellationReason));
        await Assert.ThrowsAsync<StripeException>(() => Setups.ConfirmAsync(setup.Id));
        await Assert.ThrowsAsync<StripeException>(() => Setups.UpdateAsync(setup.Id, new SetupIntentUpdateOptions { PaymentMethod = "pm_card_visa" }));
    }

    [Theory]
    [InlineData("pm_card_visa", "visa", "4242")]
    [InlineData("pm_card_mastercard", "mastercard", "4444")]
    [InlineData("pm_card_amex", "amex", "0005")]
    [InlineData("pm_card_chargeCustomerFail", "visa", "0341")]
    public async Task A_test_name_attaches_a_new_card_each_time(string name, string brand, string last4)
    {
        var first = await _host.AttachAsync(name, _customer);
        var second = await _host.AttachAsync(name, _customer);

        Assert.Equal((brand, last4, _customer), (first.Card.Brand, first.Card.Last4, first.CustomerId));
        Assert.NotEqual(first.Id, second.Id);
        Assert.StartsWith("pm_", first.Id, StringComparison.Ordinal);
        Assert.NotEqual(name, first.Id);
    }

    [Theory]
    [InlineData("pm_card_chargeDeclined", "card_declined", "generic_decline")]
    [InlineData("pm_card_visa_chargeDeclinedLostCard", "card_declined", "lost_card")]
    [InlineData("pm_card_chargeDeclinedExpiredCard", "expired_card", "expired_card")]
    [InlineData("pm_card_chargeDeclinedProcessingError", "processing_error", "processing_error")]
    public async Task A_test_name_of_a_declined_card_does_not_attach(string name, string code, string declineCode)
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => _host.AttachAsync(name, _customer));
        Assert.Equal((code, declineCode), (error.StripeError.Code, error.StripeError.DeclineCode));
    }

    [Fact]
    public async Task A_test_name_pays_and_an_unknown_one_is_missing()
    {
        var options = StripeSandboxHost.IntentOptions(_customer, "pm_card_visa");
        options.Confirm = true;
        var paid = await _host.Client.V1.PaymentIntents.CreateAsync(options);
        Assert.Equal("succeeded", paid.Status);
        Assert.NotEqual("pm_card_visa", paid.PaymentMethodId);

        var error = await Assert.ThrowsAsync<StripeException>(() => _host.AttachAsync("pm_card_nobody", _customer));
        Assert.Equal("resource_missing", error.StripeError.Code);
    }
}

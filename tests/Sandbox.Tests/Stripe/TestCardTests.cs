using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

/// <summary>Every test card, attached and charged.</summary>
public sealed class TestCardTests : IAsyncLifetime
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

    [Theory]
    [InlineData("4000000000000002", "card_declined", "generic_decline", "try_again_later", "Your card was declined.")]
    [InlineData("4000000000009995", "card_declined", "insufficient_funds", "try_again_later", "Your card has insufficient funds.")]
    [InlineData("4000000000009987", "card_declined", "lost_card", "do_not_try_again", "Your card was declined.")]
    [InlineData("4000000000009979", "card_declined", "stolen_card", "do_not_try_again", "Your card was declined.")]
    [InlineData("4000000000000069", "expired_card", "expired_card", "confirm_card_data", "Your card has expired.")]
    [InlineData("4000000000000127", "incorrect_cvc", "incorrect_cvc", "confirm_card_data", "Your card's security code is incorrect.")]
    [InlineData("4000000000000119", "processing_error", "processing_error", "try_again_later", "An error occurred while processing your card. Try again in a little bit.")]
    public async Task A_card_that_its_bank_refuses_does_not_attach_and_is_not_charged(string number, string code, string declineCode, string advice, string message)
    {
        var card = await _host.NewCardAsync(number);
        var attach = await Assert.ThrowsAsync<StripeException>(() => _host.AttachAsync(card.Id, _customer));

        Assert.Equal((402, "card_error"), ((int)attach.HttpStatusCode, attach.StripeError.Type));
        Assert.Equal((code, declineCode, advice, message), Reason(attach.StripeError));
        Assert.Empty((await _host.Client.V1.Customers.PaymentMethods.ListAsync(_customer)).Data);

        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var confirm = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));
        Assert.Equal((code, declineCode, advice, message), Reason(confirm.StripeError));
    }

    [Theory]
    [InlineData("4242424242424242")]
    [InlineData("5555555555554444")]
    [InlineData("4000000000000259")]
    public async Task A_good_card_attaches_and_pays(string number)
    {
        var card = await _host.NewCardAsync(number, customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);

        Assert.Equal("succeeded", (await Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession)).Status);
    }

    [Fact]
    public async Task A_card_that_attaches_and_then_declines_leaves_the_intent_wanting_another_and_a_failed_charge()
    {
        var card = await _host.NewCardAsync("4000000000000341", customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var error = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));

        Assert.Equal(402, (int)error.HttpStatusCode);
        Assert.Equal(("card_declined", "generic_decline", "try_again_later", "Your card was declined."), Reason(error.StripeError));
        Assert.Equal((intent.Id, "requires_payment_method"), (error.StripeError.PaymentIntent.Id, error.StripeError.PaymentIntent.Status));
        Assert.Equal(card.Id, error.StripeError.PaymentMethod.Id);
        var read = await Intents.GetAsync(intent.Id, new PaymentIntentGetOptions { Expand = ["latest_charge"] });
        Assert.Equal("requires_payment_method", read.Status);
        Assert.Null(read.PaymentMethodId);
        Assert.Equal(("card_declined", "generic_decline", card.Id), (read.LastPaymentError.Code, read.LastPaymentError.DeclineCode, read.LastPaymentError.PaymentMethod.Id));
        Assert.Equal((error.StripeError.Charge, "failed", "card_declined", false), (read.LatestCharge.Id, read.LatestCharge.Status, read.LatestCharge.FailureCode, read.LatestCharge.Paid));
        Assert.Equal("issuer_declined", read.LatestCharge.Outcome.Type);
        Assert.Empty(await _host.Ledger.SuccessfulChargesAsync());
    }

    [Fact]
    public async Task A_blocked_card_never_reaches_the_bank()
    {
        var card = await _host.NewCardAsync("4100000000000019", customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var error = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));

        Assert.Equal(("card_declined", "fraudulent", "do_not_try_again", "Your card was declined."), Reason(error.StripeError));
        var charge = await _host.Client.V1.Charges.GetAsync(error.StripeError.Charge);
        Assert.Equal(("blocked", "not_sent_to_network", "highest"), (charge.Outcome.Type, charge.Outcome.NetworkStatus, charge.Outcome.RiskLevel));
    }

    [Fact]
    public async Task A_card_is_good_to_the_end_of_its_month_and_then_declines_as_expired()
    {
        var card = await _host.NewCardAsync(month: 11, year: 2026, customer: _customer);
        var first = await _host.NewIntentAsync(_customer, card.Id);
        var second = await _host.NewIntentAsync(_customer, card.Id);

        _host.Clock.SetUtcNow(new DateTimeOffset(2026, 11, 30, 23, 59, 59, TimeSpan.Zero));
        Assert.Equal("succeeded", (await Intents.ConfirmAsync(first.Id, StripeSandboxHost.OffSession)).Status);
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(second.Id, StripeSandboxHost.OffSession));
        Assert.Equal(("expired_card", "expired_card", "confirm_card_data", "Your card has expired."), Reason(error.StripeError));
    }

    [Fact]
    public async Task A_card_past_its_date_does_not_attach()
    {
        var card = await _host.NewCardAsync(month: 10, year: 2026);
        var error = await Assert.ThrowsAsync<StripeException>(() => _host.AttachAsync(card.Id, _customer));

        Assert.Equal("expired_card", error.StripeError.Code);
    }

    [Theory]
    [InlineData("4000002500003155")]
    [InlineData("4000002760003184")]
    [InlineData("4000008260003178")]
    public async Task A_card_that_wants_its_owner_is_declined_when_they_are_not_there(string number)
    {
        var card = await _host.NewCardAsync(number, customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var error = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession));

        Assert.Equal(
            (402, "authentication_required", "authentication_required", "requires_payment_method"),
            ((int)error.HttpStatusCode, error.StripeError.Code, error.StripeError.DeclineCode, error.StripeError.PaymentIntent.Status));
    }

    [Theory]
    [InlineData("4000002500003155")]
    [InlineData("4000002760003184")]
    [InlineData("4000008260003178")]
    public async Task A_card_that_wants_its_owner_sends_them_to_the_bank_when_they_are_there(string number)
    {
        var card = await _host.NewCardAsync(number, customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, card.Id);
        var waiting = await Intents.ConfirmAsync(intent.Id, new PaymentIntentConfirmOptions { ReturnUrl = "http://merchant.example/back" });

        Assert.Equal(("requires_action", "redirect_to_url"), (waiting.Status, waiting.NextAction.Type));
        Assert.Equal($"{_host.BaseUrl}/bank/{intent.Id}", waiting.NextAction.RedirectToUrl.Url);
        Assert.Equal("http://merchant.example/back", waiting.NextAction.RedirectToUrl.ReturnUrl);
        Assert.Null(waiting.LatestChargeId);
    }

    private static (string, string, string, string) Reason(StripeError error) => (error.Code, error.DeclineCode, error.AdviceCode, error.Message);
}

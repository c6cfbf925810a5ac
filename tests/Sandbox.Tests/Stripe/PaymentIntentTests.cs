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
}

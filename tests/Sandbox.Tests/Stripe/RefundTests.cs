using System.Net;
using System.Net.Http.Json;
using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

public sealed class RefundTests : IAsyncLifetime
{
    private StripeSandboxHost _host = null!;
    private string _customer = "";

    private RefundService Refunds => _host.Client.V1.Refunds;

    public async Task InitializeAsync()
    {
        _host = await StripeSandboxHost.StartAsync();
        _customer = (await _host.NewCustomerAsync()).Id;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_refund_without_an_amount_gives_everything_back()
    {
        var paid = await _host.PayAsync(_customer);
        var refund = await Refunds.CreateAsync(new RefundCreateOptions
        {
            PaymentIntent = paid.Id, Reason = "requested_by_customer", Metadata = new() { ["purchase_id"] = "purchase-1" },
        });

        Assert.Equal(
            (4450, "aud", "succeeded", "requested_by_customer", paid.LatestChargeId, paid.Id, "purchase-1"),
            (refund.Amount, refund.Currency, refund.Status, refund.Reason, refund.ChargeId, refund.PaymentIntentId, refund.Metadata["purchase_id"]));
        var charge = await _host.Client.V1.Charges.GetAsync(paid.LatestChargeId);
        Assert.Equal((4450L, true, true), (charge.AmountRefunded, charge.Refunded, charge.Paid));
        Assert.Equal("succeeded", (await _host.Client.V1.PaymentIntents.GetAsync(paid.Id)).Status);
    }

    [Fact]
    public async Task Parts_add_up_and_the_last_one_takes_what_is_left()
    {
        var paid = await _host.PayAsync(_customer);
        await Refunds.CreateAsync(new RefundCreateOptions { Charge = paid.LatestChargeId, Amount = 1000 });
        var charge = await _host.Client.V1.Charges.GetAsync(paid.LatestChargeId);
        Assert.Equal((1000L, false), (charge.AmountRefunded, charge.Refunded));

        Assert.Equal(3450, (await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id })).Amount);
        charge = await _host.Client.V1.Charges.GetAsync(paid.LatestChargeId);
        Assert.Equal((4450L, true), (charge.AmountRefunded, charge.Refunded));
    }

    [Fact]
    public async Task More_than_was_paid_is_refused_and_changes_nothing()
    {
        var paid = await _host.PayAsync(_customer);
        await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 4000 });
        var error = await Assert.ThrowsAsync<StripeException>(() => Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 451 }));

        Assert.Equal((400, "invalid_request_error", "amount"), ((int)error.HttpStatusCode, error.StripeError.Type, error.StripeError.Param));
        Assert.Equal("Refund amount ($4.51) is greater than unrefunded amount on charge ($4.50)", error.StripeError.Message);
        Assert.Equal(4000, (await _host.Client.V1.Charges.GetAsync(paid.LatestChargeId)).AmountRefunded);
    }

    [Fact]
    public async Task A_charge_refunded_in_full_is_refused_by_its_own_code()
    {
        var paid = await _host.PayAsync(_customer);
        await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id });
        var error = await Assert.ThrowsAsync<StripeException>(() => Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id }));

        Assert.Equal((400, "charge_already_refunded"), ((int)error.HttpStatusCode, error.StripeError.Code));
    }

    [Fact]
    public async Task What_was_not_paid_can_not_be_refunded()
    {
        var waiting = await _host.NewIntentAsync(_customer, (await _host.NewCardAsync(customer: _customer)).Id);
        var none = await Assert.ThrowsAsync<StripeException>(() => Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = waiting.Id }));
        var unknown = await Assert.ThrowsAsync<StripeException>(() => Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = "pi_no" }));
        var nothing = await Assert.ThrowsAsync<StripeException>(() => Refunds.CreateAsync(new RefundCreateOptions()));
        var declining = await _host.NewCardAsync("4000000000000341", customer: _customer);
        var declined = await Assert.ThrowsAsync<StripeException>(
            async () => await _host.Client.V1.PaymentIntents.ConfirmAsync((await _host.NewIntentAsync(_customer, declining.Id)).Id, StripeSandboxHost.OffSession));
        var failed = await Assert.ThrowsAsync<StripeException>(() => Refunds.CreateAsync(new RefundCreateOptions { Charge = declined.StripeError.Charge }));

        Assert.Equal(HttpStatusCode.BadRequest, none.HttpStatusCode);
        Assert.Equal((404, "resource_missing"), ((int)unknown.HttpStatusCode, unknown.StripeError.Code));
        Assert.Equal("parameter_missing", nothing.StripeError.Code);
        Assert.Equal("charge_not_refundable", failed.StripeError.Code);
    }

    [Fact]
    public async Task The_same_key_refunds_once()
    {
        var paid = await _host.PayAsync(_customer);
        var key = new RequestOptions { IdempotencyKey = "re:purchase-1" };
        var first = await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 1000 }, key);
        var second = await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 1000 }, key);

        Assert.Equal(first.Id, second.Id);
        Assert.Equal(1000, (await _host.Client.V1.Charges.GetAsync(paid.LatestChargeId)).AmountRefunded);
    }

    [Fact]
    public async Task Refunds_are_listed_by_intent_and_by_charge()
    {
        var paid = await _host.PayAsync(_customer);
        var other = await _host.PayAsync(_customer);
        var older = await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 100 });
        var newer = await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 200 });
        var elsewhere = await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = other.Id, Amount = 300 });

        Assert.Equal([newer.Id, older.Id], (await Refunds.ListAsync(new RefundListOptions { PaymentIntent = paid.Id })).Select(refund => refund.Id));
        Assert.Equal([elsewhere.Id], (await Refunds.ListAsync(new RefundListOptions { Charge = other.LatestChargeId })).Select(refund => refund.Id));
        Assert.Equal(3, (await Refunds.ListAsync()).Count());
        Assert.Equal(older.Id, (await Refunds.GetAsync(older.Id)).Id);
    }

    [Fact]
    public async Task A_refund_can_be_pending_and_then_succeeds()
    {
        var paid = await _host.PayAsync(_customer, "4000000000007726");
        var refund = await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id });
        Assert.Equal("pending", refund.Status);

        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("succeeded", (await Refunds.GetAsync(refund.Id)).Status);
    }

    [Fact]
    public async Task A_refund_can_succeed_and_then_fail_and_the_charge_counts_it_no_more()
    {
        var paid = await _host.PayAsync(_customer, "4000000000005126");
        var refund = await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id });
        Assert.Equal("succeeded", refund.Status);

        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        var failed = await Refunds.GetAsync(refund.Id);
        Assert.Equal(("failed", "unknown"), (failed.Status, failed.FailureReason));
        var charge = await _host.Client.V1.Charges.GetAsync(paid.LatestChargeId);
        Assert.Equal((0L, false), (charge.AmountRefunded, charge.Refunded));
    }

    [Fact]
    public async Task Any_refund_fails_on_request_once()
    {
        var paid = await _host.PayAsync(_customer);
        var refund = await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 1000 });
        await Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = paid.Id, Amount = 500 });
        await _host.TriggerAsync($"refunds/{refund.Id}/fail");
        var again = await _host.TriggerAsync($"refunds/{refund.Id}/fail");

        Assert.Equal("failed", again.GetProperty("status").GetString());
        Assert.Equal(500, (await _host.Client.V1.Charges.GetAsync(paid.LatestChargeId)).AmountRefunded);
        Assert.Equal(HttpStatusCode.NotFound, (await _host.Http.PostAsJsonAsync($"{_host.BaseUrl}/refunds/re_no/fail", new { })).StatusCode);
    }
}

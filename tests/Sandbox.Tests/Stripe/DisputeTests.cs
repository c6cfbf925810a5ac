using System.Net;
using System.Net.Http.Json;
using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

public sealed class DisputeTests : IAsyncLifetime
{
    private StripeSandboxHost _host = null!;
    private string _customer = "";

    private DisputeService Disputes => _host.Client.V1.Disputes;

    public async Task InitializeAsync()
    {
        _host = await StripeSandboxHost.StartAsync();
        _customer = (await _host.NewCustomerAsync()).Id;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData("4000000000000259", "fraudulent", "needs_response", -4450)]
    [InlineData("4000000000002685", "product_not_received", "needs_response", -4450)]
    [InlineData("4000000000001976", "fraudulent", "warning_needs_response", 0)]
    public async Task A_card_disputes_by_itself_after_the_payment(string number, string reason, string status, long moved)
    {
        var paid = await _host.PayAsync(_customer, number);
        Assert.Empty(await Disputes.ListAsync(new DisputeListOptions { PaymentIntent = paid.Id }));

        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        var dispute = Assert.Single(await Disputes.ListAsync(new DisputeListOptions { PaymentIntent = paid.Id }));
        Assert.Equal(
            (reason, status, 4450L, "aud", paid.LatestChargeId, moved == 0),
            (dispute.Reason, dispute.Status, dispute.Amount, dispute.Currency, dispute.ChargeId, dispute.IsChargeRefundable));
        Assert.Equal(moved, dispute.BalanceTransactions.Sum(transaction => transaction.Amount));
        Assert.True((await _host.Client.V1.Charges.GetAsync(paid.LatestChargeId)).Disputed);
        Assert.Equal(dispute.Id, (await Disputes.GetAsync(dispute.Id)).Id);
    }

    [Theory]
    [InlineData("win", "won", new long[] { -4450, 4450 })]
    [InlineData("lose", "lost", new long[] { -4450 })]
    [InlineData("reinstate", "needs_response", new long[] { -4450, 4450 })]
    [InlineData("withdraw", "needs_response", new long[] { -4450 })]
    [InlineData("review", "under_review", new long[] { -4450 })]
    public async Task A_chargeback_takes_the_money_and_goes_as_it_is_told(string act, string status, long[] moved)
    {
        var id = await OpenAsync(new { paymentIntent = (await _host.PayAsync(_customer)).Id });
        await _host.TriggerAsync($"disputes/{id}/{act}");

        var dispute = await Disputes.GetAsync(id);
        Assert.Equal(status, dispute.Status);
        Assert.Equal(moved, dispute.BalanceTransactions.Select(transaction => transaction.Amount));
    }

    [Fact]
    public async Task A_dispute_lost_after_it_was_won_takes_the_money_again()
    {
        var id = await OpenAsync(new { charge = (await _host.PayAsync(_customer)).LatestChargeId, reason = "product_not_received", amount = 1000 });
        await _host.TriggerAsync($"disputes/{id}/win");
        await _host.TriggerAsync($"disputes/{id}/lose");

        var dispute = await Disputes.GetAsync(id);
        Assert.Equal(("lost", 1000L), (dispute.Status, dispute.Amount));
        Assert.Equal([-1000, 1000, -1000], dispute.BalanceTransactions.Select(transaction => transaction.Amount));
    }

    [Fact]
    public async Task An_inquiry_takes_no_money_unless_it_becomes_a_chargeback()
    {
        var charge = (await _host.PayAsync(_customer)).LatestChargeId;
        var id = await OpenAsync(new { charge, status = "warning_needs_response" });
        await _host.TriggerAsync($"disputes/{id}/review");
        Assert.Equal("warning_under_review", (await Disputes.GetAsync(id)).Status);
        await _host.TriggerAsync($"disputes/{id}/close_warning");
        Assert.Equal("warning_closed", (await Disputes.GetAsync(id)).Status);
        Assert.Empty((await Disputes.GetAsync(id)).BalanceTransactions);

        await _host.TriggerAsync($"disputes/{id}/withdraw");
        var formal = await Disputes.GetAsync(id);
        Assert.Equal(("needs_response", -4450L), (formal.Status, Assert.Single(formal.BalanceTransactions).Amount));
        Assert.Equal(HttpStatusCode.BadRequest, (await _host.Http.PostAsJsonAsync($"{_host.BaseUrl}/disputes/{id}/close_warning", new { })).StatusCode);
    }

    [Fact]
    public async Task A_chargeback_can_take_its_money_later()
    {
        var id = await OpenAsync(new { paymentIntent = (await _host.PayAsync(_customer)).Id, withdraw = false });
        Assert.Empty((await Disputes.GetAsync(id)).BalanceTransactions);

        await _host.TriggerAsync($"disputes/{id}/withdraw");
        Assert.Equal(-4450, Assert.Single((await Disputes.GetAsync(id)).BalanceTransactions).Amount);
    }

    [Theory]
    [InlineData("winning_evidence", "won")]
    [InlineData("losing_evidence", "lost")]
    [InlineData("They came, they ate.", "under_review")]
    public async Task Evidence_decides_as_in_test_mode(string text, string status)
    {
        var id = await OpenAsync(new { paymentIntent = (await _host.PayAsync(_customer)).Id });
        var dispute = await Disputes.UpdateAsync(id, new DisputeUpdateOptions { Evidence = new DisputeEvidenceOptions { UncategorizedText = text } });

        Assert.Equal((status, text, true, 1L), (dispute.Status, dispute.Evidence.UncategorizedText, dispute.EvidenceDetails.HasEvidence, dispute.EvidenceDetails.SubmissionCount));
    }

    [Fact]
    public async Task Closing_a_dispute_loses_it_once()
    {
        var id = await OpenAsync(new { paymentIntent = (await _host.PayAsync(_customer)).Id });
        Assert.Equal("lost", (await Disputes.CloseAsync(id)).Status);
        await Assert.ThrowsAsync<StripeException>(() => Disputes.CloseAsync(id));
    }

    [Fact]
    public async Task A_charge_taken_back_can_not_be_refunded_but_one_inquired_about_can()
    {
        var taken = await _host.PayAsync(_customer);
        await OpenAsync(new { paymentIntent = taken.Id });
        var asked = await _host.PayAsync(_customer);
        await OpenAsync(new { paymentIntent = asked.Id, status = "warning_needs_response" });

        var error = await Assert.ThrowsAsync<StripeException>(() => _host.Client.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = taken.Id }));
        Assert.Equal("charge_disputed", error.StripeError.Code);
        Assert.Equal("succeeded", (await _host.Client.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = asked.Id })).Status);
    }

    [Theory]
    [InlineData("""{}""", 400)]
    [InlineData("""{"paymentIntent":"pi_no"}""", 404)]
    [InlineData("""{"charge":"ch_no"}""", 404)]
    [InlineData("nonsense", 400)]
    public async Task A_dispute_about_nothing_is_refused(string body, int status)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        Assert.Equal(status, (int)(await _host.Http.PostAsync($"{_host.BaseUrl}/disputes", content)).StatusCode);
        Assert.Empty(await Disputes.ListAsync());
    }

    [Theory]
    [InlineData(0, "needs_response")]
    [InlineData(4451, "needs_response")]
    [InlineData(100, "won")]
    public async Task A_dispute_that_can_not_be_is_refused(long amount, string status)
    {
        var paid = await _host.PayAsync(_customer);
        var response = await _host.Http.PostAsJsonAsync($"{_host.BaseUrl}/disputes", new { paymentIntent = paid.Id, amount, status });

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(await Disputes.ListAsync());
    }

    [Fact]
    public async Task A_bank_warns_of_fraud_and_a_full_refund_leaves_nothing_to_do()
    {
        var byCard = await _host.PayAsync(_customer, "4000000000005423");
        _host.Clock.Advance(TimeSpan.FromSeconds(1));
        var byHand = await _host.PayAsync(_customer);
        await _host.TriggerAsync("early_fraud_warnings", new { charge = byHand.LatestChargeId, fraudType = "unauthorized_use_of_card" });

        var warnings = _host.Client.V1.Radar.EarlyFraudWarnings;
        var first = Assert.Single(await warnings.ListAsync(new() { PaymentIntent = byCard.Id }));
        var second = Assert.Single(await warnings.ListAsync(new() { Charge = byHand.LatestChargeId }));
        Assert.Equal((true, "made_with_stolen_card", byCard.LatestChargeId), (first.Actionable, first.FraudType, first.ChargeId));
        Assert.Equal((true, "unauthorized_use_of_card", byHand.Id), (second.Actionable, second.FraudType, second.PaymentIntentId));

        await _host.Client.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = byHand.Id });
        Assert.False((await warnings.GetAsync(second.Id)).Actionable);
        Assert.True((await warnings.GetAsync(first.Id)).Actionable);
    }

    private async Task<string> OpenAsync(object order) => (await _host.TriggerAsync("disputes", order)).GetProperty("id").GetString()!;
}

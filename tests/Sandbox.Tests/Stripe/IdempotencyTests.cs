using Connect.Sandbox.Stripe;
using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

public sealed class IdempotencyTests : IAsyncLifetime
{
    private static readonly RequestOptions Key = new() { IdempotencyKey = "pi:purchase-1" };

    private StripeSandboxHost _host = null!;
    private string _customer = "";
    private string _card = "";

    private PaymentIntentService Intents => _host.Client.V1.PaymentIntents;

    public async Task InitializeAsync()
    {
        _host = await StripeSandboxHost.StartAsync();
        _customer = (await _host.NewCustomerAsync()).Id;
        _card = (await _host.NewCardAsync(customer: _customer)).Id;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task The_same_key_gets_the_first_answer_again()
    {
        var first = await Intents.CreateAsync(StripeSandboxHost.IntentOptions(_customer, _card), Key);
        _host.Clock.Advance(TimeSpan.FromHours(23));
        var second = await Intents.CreateAsync(StripeSandboxHost.IntentOptions(_customer, _card), Key);

        Assert.Equal(first.StripeResponse.Content, second.StripeResponse.Content);
        Assert.Equal("true", second.StripeResponse.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal(first.StripeResponse.RequestId, second.StripeResponse.Headers.GetValues("Original-Request").Single());
        Assert.NotEqual(first.StripeResponse.RequestId, second.StripeResponse.RequestId);
        Assert.False(first.StripeResponse.Headers.Contains("Idempotent-Replayed"));
        Assert.Single((await Intents.ListAsync(new PaymentIntentListOptions { Customer = _customer })).Data);
    }

    [Fact]
    public async Task A_key_is_forgotten_after_a_day_and_then_makes_another_object()
    {
        var first = await Intents.CreateAsync(StripeSandboxHost.IntentOptions(_customer, _card), Key);
        _host.Clock.Advance(TimeSpan.FromHours(24));
        var second = await Intents.CreateAsync(StripeSandboxHost.IntentOptions(_customer, _card), Key);

        Assert.NotEqual(first.Id, second.Id);
    }

    [Fact]
    public async Task A_decline_is_replayed_with_its_intent_and_charges_no_second_time()
    {
        var bad = await _host.NewCardAsync("4000000000000341", customer: _customer);
        var intent = await _host.NewIntentAsync(_customer, bad.Id);
        var first = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession, Key));
        var second = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession, Key));

        Assert.Equal(first.StripeError.Charge, second.StripeError.Charge);
        Assert.Equal(402, (int)second.HttpStatusCode);
        Assert.Equal("true", second.StripeResponse.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Single((await _host.Client.V1.Charges.ListAsync(new ChargeListOptions { PaymentIntent = intent.Id })).Data);
    }

    [Fact]
    public async Task A_refusal_of_the_request_is_replayed_too()
    {
        await Assert.ThrowsAsync<StripeException>(() => Intents.CreateAsync(StripeSandboxHost.IntentOptions(_customer, _card, amount: 5), Key));
        var second = await Assert.ThrowsAsync<StripeException>(
            () => Intents.CreateAsync(StripeSandboxHost.IntentOptions(_customer, _card, amount: 5), Key));

        Assert.Equal((400, "amount_too_small"), ((int)second.HttpStatusCode, second.StripeError.Code));
        Assert.Equal("true", second.StripeResponse.Headers.GetValues("Idempotent-Replayed").Single());
    }

    [Fact]
    public async Task The_same_key_with_other_parameters_is_refused()
    {
        await Intents.CreateAsync(StripeSandboxHost.IntentOptions(_customer, _card), Key);
        var error = await Assert.ThrowsAsync<StripeException>(
            () => Intents.CreateAsync(StripeSandboxHost.IntentOptions(_customer, _card, amount: 9900), Key));

        Assert.Equal((400, "idempotency_error"), ((int)error.HttpStatusCode, error.StripeError.Type));
        Assert.Single((await Intents.ListAsync(new PaymentIntentListOptions { Customer = _customer })).Data);
    }

    [Fact]
    public async Task The_same_key_on_another_path_is_refused()
    {
        var intent = await Intents.CreateAsync(StripeSandboxHost.IntentOptions(_customer, _card), Key);
        var error = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession, Key));

        Assert.Equal((400, "idempotency_error"), ((int)error.HttpStatusCode, error.StripeError.Type));
        Assert.Equal("requires_confirmation", (await Intents.GetAsync(intent.Id)).Status);
    }

    [Fact]
    public async Task The_same_key_while_the_first_request_is_at_work_conflicts()
    {
        var intent = await _host.NewIntentAsync(_customer, _card);
        _host.Faults.Add(new StripeFault { PathContains = "/confirm", Kind = StripeFaultKind.Slow, DelayMs = 60_000 });
        var first = Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession, Key);
        await StripeSandboxHost.UntilAsync(() => _host.Faults.Rules.Count == 0);

        var error = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession, Key));
        Assert.Equal((409, "idempotency_key_in_use"), ((int)error.HttpStatusCode, error.StripeError.Code));

        await _host.AdvanceUntilAsync(TimeSpan.FromMinutes(1), first);
        Assert.Equal("succeeded", (await first).Status);
        Assert.Equal("succeeded", (await Intents.ConfirmAsync(intent.Id, StripeSandboxHost.OffSession, Key)).Status);
        Assert.Single(await _host.Ledger.SuccessfulChargesAsync());
    }

    [Fact]
    public async Task Requests_at_the_same_moment_with_one_key_make_one_object()
    {
        // Stripe.net retries the conflicts by itself, as it does in the program.
        var client = _host.NewClient(_host.Http, retries: 5);
        var intents = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ =>
            client.V1.PaymentIntents.CreateAsync(StripeSandboxHost.IntentOptions(_customer, _card), Key)));

        Assert.Single(intents.Select(intent => intent.Id).Distinct());
        Assert.Single((await Intents.ListAsync(new PaymentIntentListOptions { Customer = _customer })).Data);
    }
}

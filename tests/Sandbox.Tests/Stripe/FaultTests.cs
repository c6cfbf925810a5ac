using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Connect.Sandbox.Stripe;
using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

/// <summary>Each fault, before and after execution: what Stripe.net throws, and what really happened.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private static readonly RequestOptions Key = new() { IdempotencyKey = "pi:purchase-1:c1" };

    private StripeSandboxHost _host = null!;
    private string _intent = "";

    private PaymentIntentService Intents => _host.Client.V1.PaymentIntents;

    public async Task InitializeAsync()
    {
        _host = await StripeSandboxHost.StartAsync();
        var customer = (await _host.NewCustomerAsync()).Id;
        _intent = (await _host.NewIntentAsync(customer, (await _host.NewCardAsync(customer: customer)).Id)).Id;
    }

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Theory]
    [InlineData(StripeFaultTime.Before, "requires_confirmation")]
    [InlineData(StripeFaultTime.After, "succeeded")]
    public async Task A_500_is_an_api_error_and_only_the_intent_tells_whether_it_was_paid(StripeFaultTime when, string status)
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => ConfirmAsync(when, StripeFaultKind.ServerError));

        Assert.Equal((500, "api_error"), ((int)error.HttpStatusCode, error.StripeError.Type));
        Assert.Equal(status, (await Intents.GetAsync(_intent)).Status);
    }

    [Theory]
    [InlineData(StripeFaultTime.Before, "requires_confirmation")]
    [InlineData(StripeFaultTime.After, "succeeded")]
    public async Task A_503_page_has_no_stripe_error(StripeFaultTime when, string status)
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => ConfirmAsync(when, StripeFaultKind.HtmlUnavailable));

        Assert.Null(error.StripeError);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, error.HttpStatusCode);
        Assert.Equal(status, (await Intents.GetAsync(_intent)).Status);
    }

    [Theory]
    [InlineData(StripeFaultTime.Before, "requires_confirmation")]
    [InlineData(StripeFaultTime.After, "succeeded")]
    public async Task A_429_is_a_rate_limit(StripeFaultTime when, string status)
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => ConfirmAsync(when, StripeFaultKind.TooManyRequests));

        Assert.Equal((429, "rate_limit"), ((int)error.HttpStatusCode, error.StripeError.Code));
        Assert.Equal(status, (await Intents.GetAsync(_intent)).Status);
    }

    [Theory]
    [InlineData(StripeFaultTime.Before, "requires_confirmation")]
    [InlineData(StripeFaultTime.After, "succeeded")]
    public async Task A_409_says_that_the_key_is_in_use(StripeFaultTime when, string status)
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => ConfirmAsync(when, StripeFaultKind.Conflict));

        Assert.Equal((409, "idempotency_key_in_use"), ((int)error.HttpStatusCode, error.StripeError.Code));
        Assert.Equal(status, (await Intents.GetAsync(_intent)).Status);
    }

    [Theory]
    [InlineData(StripeFaultTime.Before, "requires_confirmation")]
    [InlineData(StripeFaultTime.After, "succeeded")]
    public async Task A_reset_is_a_lost_connection(StripeFaultTime when, string status)
    {
        await Assert.ThrowsAsync<HttpRequestException>(() => ConfirmAsync(when, StripeFaultKind.Reset));

        Assert.Equal(status, (await Intents.GetAsync(_intent)).Status);
    }

    [Theory]
    [InlineData(StripeFaultTime.Before, "requires_confirmation")]
    [InlineData(StripeFaultTime.After, "succeeded")]
    public async Task A_cut_answer_is_a_lost_connection(StripeFaultTime when, string status)
    {
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => ConfirmAsync(when, StripeFaultKind.Cut));

        Assert.Equal(status, (await Intents.GetAsync(_intent)).Status);
    }

    [Theory]
    [InlineData(StripeFaultTime.Before, "requires_confirmation")]
    [InlineData(StripeFaultTime.After, "succeeded")]
    public async Task A_hang_ends_when_the_client_gives_up(StripeFaultTime when, string status)
    {
        using var impatient = new HttpClient { Timeout = TimeSpan.FromMilliseconds(300) };
        _host.Faults.Add(new StripeFault { PathContains = "/confirm", When = when, Kind = StripeFaultKind.Hang });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _host.NewClient(impatient).V1.PaymentIntents.ConfirmAsync(_intent, StripeSandboxHost.OffSession, Key));

        Assert.Equal(status, (await Intents.GetAsync(_intent)).Status);
    }

    [Theory]
    [InlineData(StripeFaultTime.Before, "requires_confirmation")]
    [InlineData(StripeFaultTime.After, "succeeded")]
    public async Task A_slow_answer_comes_after_its_delay(StripeFaultTime when, string statusMeanwhile)
    {
        var confirm = ConfirmAsync(when, StripeFaultKind.Slow, delayMs: 30_000);
        await StripeSandboxHost.UntilAsync(() => _host.Faults.Rules.Count == 0);
        await StripeSandboxHost.UntilAsync(async () => (await Intents.GetAsync(_intent)).Status == statusMeanwhile);
        Assert.False(confirm.IsCompleted);

        await _host.AdvanceUntilAsync(TimeSpan.FromSeconds(30), confirm);
        Assert.Equal("succeeded", (await confirm).Status);
    }

    [Theory]
    [InlineData(StripeFaultTime.Before, StripeFaultKind.ServerError)]
    [InlineData(StripeFaultTime.Before, StripeFaultKind.HtmlUnavailable)]
    [InlineData(StripeFaultTime.Before, StripeFaultKind.Conflict)]
    [InlineData(StripeFaultTime.Before, StripeFaultKind.Reset)]
    [InlineData(StripeFaultTime.Before, StripeFaultKind.Cut)]
    [InlineData(StripeFaultTime.After, StripeFaultKind.HtmlUnavailable)]
    [InlineData(StripeFaultTime.After, StripeFaultKind.Conflict)]
    [InlineData(StripeFaultTime.After, StripeFaultKind.Reset)]
    [InlineData(StripeFaultTime.After, StripeFaultKind.Cut)]
    public async Task A_retry_with_the_same_key_ends_paid_once(StripeFaultTime when, StripeFaultKind kind)
    {
        await Assert.ThrowsAnyAsync<Exception>(() => ConfirmAsync(when, kind));
        var retried = await Intents.ConfirmAsync(_intent, StripeSandboxHost.OffSession, Key);

        Assert.Equal("succeeded", retried.Status);
        Assert.Single((await _host.Ledger.ChargesByPurchaseAsync())["purchase-1"]);
    }

    [Fact]
    public async Task A_500_after_execution_is_replayed_by_its_key_although_the_intent_is_paid()
    {
        await Assert.ThrowsAsync<StripeException>(() => ConfirmAsync(StripeFaultTime.After, StripeFaultKind.ServerError));
        var again = await Assert.ThrowsAsync<StripeException>(() => Intents.ConfirmAsync(_intent, StripeSandboxHost.OffSession, Key));

        Assert.Equal(500, (int)again.HttpStatusCode);
        Assert.Equal("true", again.StripeResponse.Headers.GetValues("Idempotent-Replayed").Single());
        Assert.Equal("succeeded", (await Intents.GetAsync(_intent)).Status);
    }

    [Fact]
    public async Task A_rule_strikes_as_often_as_it_says_and_only_what_it_matches()
    {
        _host.Faults.Add(
            new StripeFault { Method = "post", PathContains = "/confirm", Count = 2, Kind = StripeFaultKind.ServerError },
            new StripeFault { Method = "GET", PathContains = "/confirm", Kind = StripeFaultKind.ServerError });
        Assert.Equal("requires_confirmation", (await Intents.GetAsync(_intent)).Status);

        // Two retries of Stripe.net get through two faults.
        var client = _host.NewClient(_host.Http, retries: 2);
        Assert.Equal("succeeded", (await client.V1.PaymentIntents.ConfirmAsync(_intent, StripeSandboxHost.OffSession, Key)).Status);
        Assert.Equal("GET", Assert.Single(_host.Faults.Rules).Method);
    }

    [Fact]
    public async Task A_rule_for_a_customer_strikes_its_own_requests_only()
    {
        var (ours, theirs) = ((await _host.NewCustomerAsync()).Id, (await _host.NewCustomerAsync()).Id);
        var (ourCard, theirCard) = ((await _host.NewCardAsync(customer: ours)).Id, (await _host.NewCardAsync(customer: theirs)).Id);
        var our = (await _host.NewIntentAsync(ours, ourCard)).Id;
        var their = (await _host.NewIntentAsync(theirs, theirCard)).Id;
        Func<Task>[] requests =
        [
            () => _host.NewIntentAsync(ours, ourCard),
            () => Intents.ListAsync(new PaymentIntentListOptions { Customer = ours }),
            () => Intents.GetAsync(our),
            () => Intents.ConfirmAsync(our, StripeSandboxHost.OffSession),
            () => _host.Client.V1.PaymentMethods.GetAsync(ourCard),
            () => _host.Client.V1.Customers.GetAsync(ours),
        ];
        _host.Faults.Add(new StripeFault { Customer = ours, Count = requests.Length, Kind = StripeFaultKind.Reset });

        await _host.NewIntentAsync(theirs, theirCard);
        await Intents.ListAsync(new PaymentIntentListOptions { Customer = theirs });
        await Intents.ListAsync();
        await Intents.GetAsync(their);
        await _host.NewCardAsync();
        await _host.Client.V1.Customers.GetAsync(theirs);
        foreach (var request in requests)
            await Assert.ThrowsAsync<HttpRequestException>(request);
        Assert.Equal("requires_confirmation", (await Intents.GetAsync(our)).Status);
    }

    [Fact]
    public async Task A_hang_does_not_keep_the_server_from_stopping()
    {
        await using var other = await StripeSandboxHost.StartAsync();
        other.Faults.Add(new StripeFault { Kind = StripeFaultKind.Hang });
        var hanging = other.Client.V1.Customers.ListAsync();
        await StripeSandboxHost.UntilAsync(() => other.Faults.Rules.Count == 0);

        await other.StopAsync().WaitAsync(TimeSpan.FromSeconds(10));
        await Assert.ThrowsAsync<HttpRequestException>(() => hanging);
    }

    [Fact]
    public async Task While_down_every_request_is_reset()
    {
        var before = _host.Faults.RequestsReceived;
        _host.Faults.Down = true;
        await Assert.ThrowsAsync<HttpRequestException>(() => Intents.GetAsync(_intent));
        _host.Faults.Clear();

        Assert.Equal(_intent, (await Intents.GetAsync(_intent)).Id);
        Assert.Equal(2, _host.Faults.RequestsReceived - before);
    }

    [Fact]
    public async Task Faults_are_set_shown_and_cleared_over_http()
    {
        var url = $"{_host.BaseUrl}/faults";
        var set = await _host.Http.PostAsJsonAsync(url, new
        {
            rules = new object[]
            {
                new { method = "POST", pathContains = "/confirm", count = 3, when = "after", kind = "503html" },
                new { kind = "slow", delayMs = 250 },
            },
            down = true,
        });
        var shown = await _host.Http.GetFromJsonAsync<JsonElement>(url);

        Assert.Equal(HttpStatusCode.OK, set.StatusCode);
        Assert.True(_host.Faults.Down);
        Assert.Equal(
            [
                new StripeFault { Method = "POST", PathContains = "/confirm", Count = 3, When = StripeFaultTime.After, Kind = StripeFaultKind.HtmlUnavailable },
                new StripeFault { Kind = StripeFaultKind.Slow, DelayMs = 250 },
            ],
            _host.Faults.Rules);
        Assert.Equal("503html", shown.GetProperty("rules")[0].GetProperty("kind").GetString());
        Assert.Equal("after", shown.GetProperty("rules")[0].GetProperty("when").GetString());

        Assert.Equal(HttpStatusCode.OK, (await _host.Http.DeleteAsync(url)).StatusCode);
        Assert.Empty(_host.Faults.Rules);
        Assert.False(_host.Faults.Down);
    }

    [Theory]
    [InlineData("""{"rules":[{"kind":"meteor"}]}""")]
    [InlineData("""{"rules":[{"kind":"500","count":0}]}""")]
    [InlineData("""{"rules":[{"kind":"slow"}]}""")]
    [InlineData("""{"rules":[{"kind":"slow","delayMs":-1}]}""")]
    [InlineData("""{"rules":[{}]}""")]
    [InlineData("nonsense")]
    public async Task Faults_that_make_no_sense_are_refused(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        var response = await _host.Http.PostAsync($"{_host.BaseUrl}/faults", content);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Empty(_host.Faults.Rules);
    }

    private Task<PaymentIntent> ConfirmAsync(StripeFaultTime when, StripeFaultKind kind, int delayMs = 0)
    {
        _host.Faults.Add(new StripeFault { PathContains = "/confirm", When = when, Kind = kind, DelayMs = delayMs });
        return Intents.ConfirmAsync(_intent, StripeSandboxHost.OffSession, Key);
    }
}

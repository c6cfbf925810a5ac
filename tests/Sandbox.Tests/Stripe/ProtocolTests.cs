using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Stripe;

namespace Connect.Sandbox.Tests.StripeSandbox;

/// <summary>What every request has in common: keys, ids, unknown paths and parameters.</summary>
public sealed class ProtocolTests : IAsyncLifetime
{
    private StripeSandboxHost _host = null!;

    public async Task InitializeAsync() => _host = await StripeSandboxHost.StartAsync();

    public async Task DisposeAsync() => await _host.DisposeAsync();

    [Fact]
    public async Task A_request_without_a_key_is_unauthorized()
    {
        var response = await _host.Http.GetAsync($"{_host.BaseUrl}/v1/customers");

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.StartsWith("req_", response.Headers.GetValues("Request-Id").Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sk_live_4eC39HqLyjWDarjtT1zdp7dc")]
    [InlineData("pk_test_4eC39HqLyjWDarjtT1zdp7dc")]
    public async Task A_key_that_is_not_a_secret_test_key_is_unauthorized_and_not_repeated(string key)
    {
        var error = await Assert.ThrowsAsync<StripeException>(() => _host.NewClient(_host.Http, key: key).V1.Customers.ListAsync());

        Assert.Equal((401, "invalid_request_error"), ((int)error.HttpStatusCode, error.StripeError.Type));
        Assert.DoesNotContain(key, error.StripeError.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_answer_has_its_own_request_id_and_echoes_the_version()
    {
        var one = await _host.NewCustomerAsync();
        var two = await _host.NewCustomerAsync();

        Assert.StartsWith("req_", one.StripeResponse.RequestId, StringComparison.Ordinal);
        Assert.NotEqual(one.StripeResponse.RequestId, two.StripeResponse.RequestId);
        Assert.Equal(StripeConfiguration.ApiVersion, one.StripeResponse.Headers.GetValues("Stripe-Version").Single());
    }

    [Theory]
    [InlineData("colour=red", "colour")]
    [InlineData("name=a&metadata[k]=v&address[line1]=x", "address")]
    [InlineData("payment_method_types[0]=card", "payment_method_types")]
    [InlineData("invoice_settings[footer]=x", "invoice_settings[footer]")]
    public async Task An_unknown_parameter_is_refused_by_name(string form, string param)
    {
        var (status, error) = await PostAsync("customers", form);

        Assert.Equal(
            (HttpStatusCode.BadRequest, "parameter_unknown", param),
            (status, error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
        Assert.StartsWith($"Received unknown parameter: {param}. Known here: ", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Empty((await _host.Client.V1.Customers.ListAsync()).Data);
    }

    [Theory]
    [InlineData("amount=ten&currency=aud", "parameter_invalid_integer", "amount")]
    [InlineData("amount=10.5&currency=aud", "parameter_invalid_integer", "amount")]
    [InlineData("amount=99999999999999999999&currency=aud", "parameter_invalid_integer", "amount")]
    [InlineData("amount=&currency=aud", "parameter_invalid_empty", "amount")]
    [InlineData("amount[a]=5&currency=aud", "parameter_invalid_string_blank", "amount")]
    [InlineData("currency=aud", "parameter_missing", "amount")]
    [InlineData("amount=500", "parameter_missing", "currency")]
    public async Task A_parameter_that_can_not_be_read_is_refused_by_name(string form, string code, string param)
    {
        var (status, error) = await PostAsync("payment_intents", form);

        Assert.Equal((HttpStatusCode.BadRequest, code, param), (status, error.GetProperty("code").GetString(), error.GetProperty("param").GetString()));
    }

    [Fact]
    public async Task An_unknown_path_is_refused()
    {
        var (status, error) = await PostAsync("subscriptions", "");

        Assert.Equal((HttpStatusCode.NotFound, "invalid_request_error"), (status, error.GetProperty("type").GetString()));
    }

    [Fact]
    public async Task A_body_that_is_not_a_form_is_refused()
    {
        using var content = new StringContent("{}", Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_host.BaseUrl}/v1/customers") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sk_test_sandbox");

        Assert.Equal(HttpStatusCode.BadRequest, (await _host.Http.SendAsync(request)).StatusCode);
    }

    [Fact]
    public async Task An_idempotency_key_has_at_most_255_characters()
    {
        var longest = new RequestOptions { IdempotencyKey = new string('k', 255) };
        var tooLong = new RequestOptions { IdempotencyKey = new string('k', 256) };
        await _host.Client.V1.Customers.CreateAsync(new CustomerCreateOptions(), longest);

        var error = await Assert.ThrowsAsync<StripeException>(() => _host.Client.V1.Customers.CreateAsync(new CustomerCreateOptions(), tooLong));
        Assert.Equal(400, (int)error.HttpStatusCode);
    }

    [Fact]
    public async Task The_summary_of_charges_shows_the_money_that_moved()
    {
        var customer = (await _host.NewCustomerAsync()).Id;
        var card = await _host.NewCardAsync(customer: customer);
        var bad = await _host.NewCardAsync("4000000000000341", customer: customer);
        var paid = await _host.NewIntentAsync(customer, card.Id, 4450, "purchase-1");
        var declined = await _host.NewIntentAsync(customer, bad.Id, 900, "purchase-2");
        await _host.Client.V1.PaymentIntents.ConfirmAsync(paid.Id, StripeSandboxHost.OffSession);
        await Assert.ThrowsAsync<StripeException>(() => _host.Client.V1.PaymentIntents.ConfirmAsync(declined.Id, StripeSandboxHost.OffSession));
        var summary = await _host.Http.GetFromJsonAsync<JsonElement>($"{_host.BaseUrl}/charges-summary");

        Assert.Equal((1, 4450L), (summary.GetProperty("count").GetInt32(), summary.GetProperty("amount").GetInt64()));
        Assert.Equal("purchase-1", summary.GetProperty("charges")[0].GetProperty("purchaseId").GetString());
    }

    private async Task<(HttpStatusCode Status, JsonElement Error)> PostAsync(string path, string form)
    {
        using var content = new StringContent(form, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{_host.BaseUrl}/v1/{path}") { Content = content };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sk_test_sandbox");
        var response = await _host.Http.SendAsync(request);
        return (response.StatusCode, (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("error"));
    }
}

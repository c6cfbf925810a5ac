using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using Connect.Api.Application;
using Connect.Api.Composition;
using Connect.Api.Problems;
using Connect.Purchases;

namespace Connect.Api.Sandbox;

/// <summary>Saves a test card without the hosted page: makes the payment method at the Stripe sandbox, then attaches it as any other.</summary>
public sealed class SandboxCards(CardsService cards, IHttpClientFactory http, IConfiguration configuration)
{
    /// <summary>Saves a test card of the account; it becomes the default.</summary>
    public async Task<Answer<CardBody>> Save(string accountId, string number, int expMonth, int expYear)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, configuration["Stripe:ApiBase"] + "/v1/payment_methods");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", SandboxMode.ApiKey);
        request.Content = new FormUrlEncodedContent(new Dictionary<string, string>
        {
            ["type"] = "card",
            ["card[number]"] = number,
            ["card[exp_month]"] = expMonth.ToString(CultureInfo.InvariantCulture),
            ["card[exp_year]"] = expYear.ToString(CultureInfo.InvariantCulture),
            ["card[cvc]"] = "123",
        });
        using var client = http.CreateClient(nameof(SandboxCards));
        using var response = await client.SendAsync(request);
        using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        return answer.RootElement.TryGetProperty("id", out var id) && response.IsSuccessStatusCode
            ? await cards.Attach(accountId, id.GetString()!)
            : Refuse.Validation("number", answer.RootElement.TryGetProperty("error", out var error) && error.TryGetProperty("message", out var message)
                ? message.GetString()! : "The Stripe sandbox did not accept this card.");
    }
}

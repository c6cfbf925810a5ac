using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Connect.Testing;

/// <summary>A front end of one account, over HTTP, knowing only the published contract. Ids of keys are counted, so a run repeats.</summary>
public sealed class CreditsClient : IDisposable
{
    private readonly HttpClient http;
    private readonly string keyPrefix;
    private int keys;

    private CreditsClient(HttpClient http, string account, string keyPrefix) => (this.http, Account, this.keyPrefix) = (http, account, keyPrefix);

    /// <summary>The account.</summary>
    public string Account { get; }

    /// <summary>Signs a person in at the sandbox; the account is made when it is new. Another <paramref name="visit"/> makes other keys.</summary>
    public static async Task<CreditsClient> SignIn(Uri url, string account, string role = "admin", string visit = "1")
    {
        var http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(100) };
        var client = new CreditsClient(http, account, $"{account}-{role}-{visit}");
        var token = await client.Post("/sandbox/token", new { accountId = account, userId = $"{role}-of-{account}", role });
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.GetProperty("token").GetString());
        return client;
    }

    /// <summary>An Idempotency-Key not used by this client before.</summary>
    public string NewKey() => $"{keyPrefix}-{Interlocked.Increment(ref keys)}";

    /// <summary>Sends a request; any answer is returned.</summary>
    public async Task<Answer> Send(HttpMethod method, string path, object? body = null, string? key = null)
    {
        using var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : $"/v1/accounts/{Account}/{path}");
        if (body is not null)
            request.Content = JsonContent.Create(body);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await http.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>GET that must succeed. A path without a leading slash is one of the account.</summary>
    public async Task<JsonElement> Get(string path) => (await Send(HttpMethod.Get, path)).Json();

    /// <summary>POST that must succeed, with a key of its own unless given. A path without a leading slash is one of the account.</summary>
    public async Task<JsonElement> Post(string path, object? body = null, string? key = null) => (await Send(HttpMethod.Post, path, body, key ?? NewKey())).Json();

    /// <summary>POST of a body of another kind than JSON, of any length; it must succeed. The path is one of the account.</summary>
    public async Task<JsonElement> Upload(string path, Stream body, string type)
    {
        using var patient = new HttpClient { BaseAddress = http.BaseAddress, Timeout = TimeSpan.FromMinutes(10) };
        patient.DefaultRequestHeaders.Authorization = http.DefaultRequestHeaders.Authorization;
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/accounts/{Account}/{path}") { Content = new StreamContent(body) };
        request.Content.Headers.ContentType = new(type);
        request.Headers.Add("Idempotency-Key", NewKey());
        using var response = await patient.SendAsync(request);
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync()).Json();
    }

    /// <summary>Saves a card at the sandbox.</summary>
    public Task<JsonElement> AddCard(string number = "4242424242424242") =>
        Post($"/sandbox/accounts/{Account}/cards", new { number, expMonth = 12, expYear = 2035 });

    /// <summary>The id of a fresh quote.</summary>
    public async Task<string> Quote(long credits) => (await Post("quotes", new { credits })).GetProperty("id").GetString()!;

    /// <summary>Buys credits with the default card and returns the purchase once it ended.</summary>
    public async Task<JsonElement> Buy(long credits)
    {
        var purchase = await Post("purchases", new { quoteId = await Quote(credits) });
        return await EndOfPurchase(purchase.GetProperty("id").GetString()!);
    }

    /// <summary>The purchase, once it has ended.</summary>
    public Task<JsonElement> EndOfPurchase(string id) =>
        Eventually.Of($"purchase {id} ends", () => Get($"purchases/{id}"), purchase => purchase.GetProperty("status").GetString() is "succeeded" or "failed");

    /// <summary>What was paid for a purchase, in minor units.</summary>
    public static long Paid(JsonElement purchase) => purchase.GetProperty("total").GetProperty("amount").GetInt64();

    /// <summary>Credits available now.</summary>
    public async Task<long> Available() => (await Get("credits")).GetProperty("available").GetInt64();

    /// <summary>Makes a draft and returns its id.</summary>
    public async Task<string> Draft(string name, string text, IEnumerable<string> numbers) =>
        (await Post("campaigns", new { name, text, recipients = numbers.Select(to => new { to }) })).GetProperty("id").GetString()!;

    /// <summary>A campaign in figures.</summary>
    public async Task<CampaignFigures> Campaign(string id) => CampaignFigures.From(await Get($"campaigns/{id}"));

    /// <summary>The campaign, once it no longer sends.</summary>
    public Task<CampaignFigures> EndOfCampaign(string id) =>
        Eventually.Of($"campaign {id} ends", () => Campaign(id), campaign => campaign.Status is "completed" or "stopped_out_of_credits" or "canceled");

    /// <summary>All recipients of a campaign: number and status, by row.</summary>
    public Task<List<JsonElement>> Recipients(string id) => Pages($"campaigns/{id}/recipients", "recipients");

    /// <summary>The same, one after the other, for lists that are better not held.</summary>
    public IAsyncEnumerable<JsonElement> EachRecipient(string id) => Each($"campaigns/{id}/recipients", "recipients");

    /// <summary>The whole ledger, oldest first.</summary>
    public Task<List<JsonElement>> Ledger() => Pages("ledger", "entries");

    /// <summary>The numbers of the messages that the SMS sandbox received for a campaign, one for each time it was handed a message.</summary>
    public async Task<List<string>> Messages(string campaign)
    {
        var numbers = new List<string>();
        while (true)
        {
            var page = (await Get($"/sandbox/sms?campaignId={campaign}&skip={numbers.Count}&limit=10000")).GetProperty("messages");
            if (page.GetArrayLength() == 0)
                return numbers;
            numbers.AddRange(page.EnumerateArray().Select(message => message.GetProperty("to").GetString()!));
        }
    }

    /// <summary>What the Stripe sandbox has charged, all accounts together, in minor units, oldest first.</summary>
    public async Task<List<long>> Charges()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/sandbox/stripe/v1/charges?limit=100");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "sk_test_sandbox");
        using var response = await http.SendAsync(request);
        var charges = new Answer(response.StatusCode, await response.Content.ReadAsStringAsync()).Json();
        return [.. charges.GetProperty("data").EnumerateArray().Where(charge => charge.GetProperty("paid").GetBoolean()).Select(charge => charge.GetProperty("amount").GetInt64()).Reverse()];
    }

    /// <summary>Makes the SMS sandbox take its time over each message; 0 for none.</summary>
    public Task SlowGateway(int milliseconds) => Post("/sandbox/sms/faults", new { delayMs = milliseconds });

    /// <summary>Moves the program's clock; what fell due is done when it returns.</summary>
    public Task AdvanceClock(TimeSpan by) => Post("/sandbox/clock/advance", new { seconds = (long)by.TotalSeconds });

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    private async Task<List<JsonElement>> Pages(string path, string items) => await Each(path, items).ToListAsync();

    private async IAsyncEnumerable<JsonElement> Each(string path, string items)
    {
        var after = "";
        while (true)
        {
            var page = await Get($"{path}?limit=1000{after}");
            foreach (var item in page.GetProperty(items).EnumerateArray())
                yield return item;
            if (!page.TryGetProperty("nextCursor", out var next) || next.ValueKind == JsonValueKind.Null)
                yield break;
            after = $"&after={next}";
        }
    }
}

/// <summary>An answer as it came.</summary>
public sealed record Answer(HttpStatusCode Status, string Body)
{
    /// <summary>Its body, if it is a success; otherwise throws with what the program said.</summary>
    public JsonElement Json()
    {
        if ((int)Status is < 200 or >= 300)
            throw new HttpRequestException($"{(int)Status}: {Body}", null, Status);
        return Body.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(Body);
    }
}

/// <summary>A campaign's status and counts.</summary>
public sealed record CampaignFigures(string Status, long Total, long Sent, long Skipped, long Unknown, long Remaining, long CreditsUsed)
{
    internal static CampaignFigures From(JsonElement json)
    {
        return new(json.GetProperty("status").GetString()!, Count("total"), Count("sent"), Count("skipped"), Count("unknown"), Count("remaining"), Count("creditsUsed"));

        long Count(string name) => json.GetProperty(name).GetInt64();
    }
}

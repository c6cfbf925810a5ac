using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;

namespace Connect.Browser.Tests;

/// <summary>One program and one browser for all tests. Every test first brings the demo account into the state that it needs.</summary>
public sealed class World : IAsyncLifetime
{
    /// <summary>A card that every bank accepts.</summary>
    public const string GoodCard = "4242424242424242";

    /// <summary>A card that can be saved and is declined when it is charged.</summary>
    public const string DeclinedCard = "4000000000000341";

    /// <summary>A card whose bank wants to hear from its owner every time.</summary>
    public const string AskingCard = "4000002760003184";

    private const float PatienceMs = 60_000;
    private const string Nowhere = "about:blank";

    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private CreditsServer _server = default!;
    private IPlaywright _playwright = default!;
    private IBrowser _browser = default!;
    private readonly Dictionary<string, IPage> _profiles = [];
    private IBrowserContext? _own;
    private HttpClient _operator = default!;
    private HttpClient _admin = default!;

    /// <summary>The program's address.</summary>
    public string Address => _server.Address;

    public async Task InitializeAsync()
    {
        var starting = CreditsServer.Start();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = Chromium(), Headless = true, Args = Arguments });
        _server = await starting;
        Microsoft.Playwright.Assertions.SetDefaultExpectTimeout(PatienceMs);
        _operator = await Client("operator");
        _admin = await Client("admin");
    }

    public async Task DisposeAsync()
    {
        _operator.Dispose();
        _admin.Dispose();
        await _browser.DisposeAsync();
        _playwright.Dispose();
        await _server.DisposeAsync();
    }

    /// <summary>A page in a browser profile of its own; those of the test before are closed, so that they keep nobody busy.</summary>
    public async Task<IPage> Open(int width = 1280, int height = 800)
    {
        await CloseAll();
        _own = await Profile();
        return await Sized(await _own.NewPageAsync(), width, height);
    }

    /// <summary>
    /// A browser in which a demo person is signed in, at a page. A person has one window for all tests, unless they ask for one of their own: it knows the session, and has read the program's styles and
    /// scripts, as a browser has that is used daily. A window costs Chromium half a second of work.
    /// </summary>
    public async Task<IPage> SignedIn(string person = "Ada Admin", string path = "/campaigns", int width = 1280, bool anew = false)
    {
        if (!anew && _profiles.TryGetValue(person, out var known))
        {
            await CloseAll();
            await known.SetViewportSizeAsync(width, 800);
            await known.GotoAsync(path);
            return known;
        }
        var page = await Open(width);
        await page.GotoAsync("/sign-in?ReturnUrl=" + Uri.EscapeDataString(path));
        await page.GetByRole(AriaRole.Button, new() { Name = person }).ClickAsync();
        await Assertions.Expect(page.Button("Sign out")).ToBeVisibleAsync();
        if (!anew)
            (_profiles[person], _own) = (page, null);
        return page;
    }

    private async Task<IBrowserContext> Profile()
    {
        var profile = await _browser.NewContextAsync(new()
        {
            BaseURL = Address, TimezoneId = "Australia/Sydney", Locale = "en-AU", ReducedMotion = ReducedMotion.Reduce,
        });
        profile.SetDefaultTimeout(PatienceMs);
        return profile;
    }

    private async Task CloseAll()
    {
        if (_own is { } own)
            await own.CloseAsync();
        _own = null;
        foreach (var profile in _profiles.Values)
        {
            foreach (var page in profile.Context.Pages.Where(page => page != profile).ToArray())
                await page.CloseAsync();
            if (profile.Url != Nowhere)
                await profile.GotoAsync(Nowhere);
        }
    }

    private static async Task<IPage> Sized(IPage page, int width, int height)
    {
        await page.SetViewportSizeAsync(width, height);
        return page;
    }

    /// <summary>Gives the demo account exactly these credits, this card only, and auto top-up off.</summary>
    public async Task Reset(long credits, string? card = GoodCard)
    {
        await SetAutoTopUp(enabled: false, threshold: 100, credits: 100);
        await Task.WhenAll(ResetCredits(credits), ResetCards(card));
    }

    private async Task ResetCredits(long credits)
    {
        var batches = (await Credits()).GetProperty("batches").EnumerateArray().Select(batch => batch.GetProperty("id").GetInt64());
        await Task.WhenAll(batches.Select(batchId => Post(_operator, "/v1/operator/accounts/demo/voids", new { batchId, reason = "test" })));
        if (credits > 0)
            await Grant(credits);
    }

    private async Task ResetCards(string? card)
    {
        foreach (var saved in (await _admin.GetFromJsonAsync<JsonElement>("/v1/accounts/demo/cards")).GetProperty("cards").EnumerateArray())
            (await _admin.DeleteAsync(new Uri("/v1/accounts/demo/cards/" + saved.GetProperty("id").GetString(), UriKind.Relative))).EnsureSuccessStatusCode();
        if (card is not null)
            await SaveCard(card);
    }

    /// <summary>Saves a card, which becomes the default.</summary>
    public Task SaveCard(string number, int expMonth = 12, int expYear = 2040) =>
        Post(_operator, "/sandbox/accounts/demo/cards", new { number, expMonth, expYear });

    /// <summary>Sets auto top-up, whatever it was.</summary>
    public async Task SetAutoTopUp(bool enabled, long threshold, long credits, long? monthlyCap = null)
    {
        using var settings = new HttpRequestMessage(HttpMethod.Put, "/v1/accounts/demo/auto-top-up")
        {
            Content = JsonContent.Create(new { enabled, threshold, credits, monthlyCap }),
        };
        settings.Headers.IfMatch.Add(EntityTagHeaderValue.Any);
        (await _admin.SendAsync(settings)).EnsureSuccessStatusCode();
    }

    /// <summary>Buys credits with the default card; the purchase as the HTTP API tells it, which may still be under way.</summary>
    public async Task<JsonElement> Buy(long credits)
    {
        var quote = await Post(_admin, "/v1/accounts/demo/quotes", new { credits });
        return await Post(_admin, "/v1/accounts/demo/purchases", new { quoteId = quote.GetProperty("id").GetString() });
    }

    /// <summary>The program's time.</summary>
    public async Task<DateTimeOffset> Now() => (await _operator.GetFromJsonAsync<JsonElement>("/sandbox/clock")).GetProperty("now").GetDateTimeOffset();

    /// <summary>What a number of credits costs now, minor units.</summary>
    public async Task<long> Price(long credits) =>
        (await Post(_admin, "/v1/accounts/demo/quotes", new { credits })).GetProperty("total").GetProperty("amount").GetInt64();

    /// <summary>The payment at Stripe of a purchase.</summary>
    public async Task<string> Payment(string purchaseId) =>
        (await _operator.GetFromJsonAsync<JsonElement>("/v1/operator/accounts/demo/purchases/" + purchaseId)).GetProperty("purchase").GetProperty("paymentIntentId").GetString()!;

    /// <summary>Tells the Stripe sandbox how to misbehave.</summary>
    public Task Stripe(string path, object body) => Post(_operator, "/sandbox/stripe" + path, body);

    /// <summary>Ends a payment at Stripe that nobody approved.</summary>
    public Task CancelPayment(string intent) => AtStripe($"{intent}/cancel");

    /// <summary>Changes what a payment at Stripe asks for, in cents.</summary>
    public Task ChangePayment(string intent, long amount) => AtStripe(intent, ("amount", FormattableString.Invariant($"{amount}")));

    private async Task AtStripe(string path, params (string Name, string Value)[] parameters)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/sandbox/stripe/v1/payment_intents/{path}");
        request.Headers.Authorization = new("Bearer", "sk_test_sandbox");
        request.Content = new FormUrlEncodedContent(parameters.Select(one => KeyValuePair.Create(one.Name, one.Value)));
        (await _admin.SendAsync(request)).EnsureSuccessStatusCode();
    }

    /// <summary>Ends the faults of the Stripe sandbox, but not what happens to its webhooks.</summary>
    public async Task StripeAnswers() => (await _operator.DeleteAsync(new Uri("/sandbox/stripe/faults", UriKind.Relative))).EnsureSuccessStatusCode();

    /// <summary>Ends all misbehaviour of the Stripe sandbox.</summary>
    public async Task StripeBehaves()
    {
        await StripeAnswers();
        (await _operator.DeleteAsync(new Uri("/sandbox/stripe/webhooks/mischief", UriKind.Relative))).EnsureSuccessStatusCode();
    }

    /// <summary>Adds credits.</summary>
    public Task Grant(long credits) => Post(_operator, "/v1/operator/accounts/demo/grants", new { credits, reason = "test" });

    /// <summary>What the account has, read through the HTTP API.</summary>
    public Task<JsonElement> Credits() => _operator.GetFromJsonAsync<JsonElement>("/v1/accounts/demo/credits");

    /// <summary>Available credits, read through the HTTP API.</summary>
    public async Task<long> Available() => (await Credits()).GetProperty("available").GetInt64();

    /// <summary>Moves the program's clock.</summary>
    public Task Advance(TimeSpan time) => Post(_operator, "/sandbox/clock/advance", new { seconds = (long)time.TotalSeconds });

    /// <summary>Makes every answer of the SMS gateway take this long.</summary>
    public Task SlowSms(int delayMs) => Post(_operator, "/sandbox/sms/faults", new { delayMs });

    /// <summary>Says whether the SMS gateway can be reached.</summary>
    public Task SmsGateway(bool available) => Post(_operator, "/sandbox/sms/faults", new { unavailable = !available });

    /// <summary>Makes a draft of the demo account through the HTTP API; its id.</summary>
    public async Task<string> Draft(string name, string text, int recipients, DateTimeOffset? scheduledAt = null) =>
        (await Post(_admin, "/v1/accounts/demo/campaigns", new { name, text, recipients = Numbers(recipients).Split('\n'), scheduledAt })).GetProperty("id").GetString()!;

    /// <summary>Starts or schedules a draft.</summary>
    public Task Send(string campaign) => Post(_admin, $"/v1/accounts/demo/campaigns/{campaign}/send", new { });

    /// <summary>Gives a campaign another name, as a colleague would.</summary>
    public async Task Rename(string campaign, string name) =>
        (await _admin.PatchAsJsonAsync($"/v1/accounts/demo/campaigns/{campaign}", new { name })).EnsureSuccessStatusCode();

    /// <summary>Ends a campaign.</summary>
    public Task Cancel(string campaign) => Post(_admin, $"/v1/accounts/demo/campaigns/{campaign}/cancel", new { });

    /// <summary>The newest campaign of the demo account.</summary>
    public async Task<JsonElement> Newest() => (await _admin.GetFromJsonAsync<JsonElement>("/v1/accounts/demo/campaigns?limit=1")).GetProperty("campaigns")[0];

    /// <summary>Sends one message with an automation; the answer's status.</summary>
    public async Task<int> Automate(string flow, string key, object message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/accounts/demo/automations/{flow}/messages") { Content = JsonContent.Create(message) };
        request.Headers.Add("Idempotency-Key", key);
        return (int)(await _admin.SendAsync(request)).StatusCode;
    }

    /// <summary>Dismisses every alert of the demo account.</summary>
    public async Task DismissAlerts()
    {
        foreach (var alert in (await _admin.GetFromJsonAsync<JsonElement>("/v1/accounts/demo/alerts")).GetProperty("alerts").EnumerateArray())
            await Post(_admin, $"/v1/accounts/demo/alerts/{Uri.EscapeDataString(alert.GetProperty("id").GetString()!)}/dismiss", new { });
    }

    /// <summary>Mobile numbers, one a line, all different.</summary>
    public static string Numbers(int count, int from = 0) =>
        string.Join('\n', Enumerable.Range(from, count).Select(number => $"+614{number:00000000}"));

    private static async Task<JsonElement> Post(HttpClient client, string path, object body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = JsonContent.Create(body) };
        request.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
        var response = await client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{path}: {(int)response.StatusCode} {answer}");
        return answer.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(answer);
    }

    private async Task<HttpClient> Client(string role)
    {
        var client = new HttpClient { BaseAddress = new(Address) };
        var answer = await client.PostAsJsonAsync("/sandbox/token", new { accountId = "demo", userId = role, role });
        answer.EnsureSuccessStatusCode();
        var token = (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("token").GetString();
        client.DefaultRequestHeaders.Authorization = new("Bearer", token);
        return client;
    }

    private static string Chromium() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).SelectMany(folder => new[] { Path.Combine(folder, "chromium"), Path.Combine(folder, "chromium-browser") })
            .FirstOrDefault(File.Exists) ?? throw new InvalidOperationException("Chromium is missing: apt-get install chromium");
}

/// <summary>All browser tests share the program, so they run one after another.</summary>
[CollectionDefinition(Name)]
public sealed class Browsing : ICollectionFixture<World>
{
    /// <summary>Name of the collection.</summary>
    public const string Name = "browser";
}

namespace Connect.CrashMatrix;

/// <summary>The owner of one cell's account, who knows the HTTP API only and repeats an unanswered request with the key it had.</summary>
internal sealed class Customer(HttpClient http, Func<Uri> api, string account, Flow flow)
{
    private const long Credits = 1_000;
    private const long Threshold = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private readonly Visitor visitor = new(http, api, account);
    private Task<Answered?> asked = Task.FromResult<Answered?>(null);

    /// <summary>The account.</summary>
    public string Account => account;

    /// <summary>The quote that is bought, and so the purchase; null for auto top-up, whose purchase the program names.</summary>
    public string? Quote { get; private set; }

    /// <summary>The earlier purchase, for a flow that has one.</summary>
    public string? EarlierQuote { get; private set; }

    /// <summary>Whether the request that buys has been answered, or can not be answered any more.</summary>
    public bool IsAnswered => asked.IsCompleted;

    /// <summary>Everything up to the purchase: account, card, quote or settings.</summary>
    public async Task Prepare(string operatorToken)
    {
        await visitor.SignIn();
        await visitor.Post($"/sandbox/accounts/{account}/cards", new { number = flow.Card, expMonth = 12, expYear = 2035 }, null);
        if (flow.AfterUnknown)
            EarlierQuote = await NewQuote("earlier");
        if (!flow.Automatic)
        {
            Quote = await NewQuote("quote");
            return;
        }

        await visitor.Send(HttpMethod.Post, $"/v1/operator/accounts/{account}/grants", new { credits = Threshold, reason = "a balance at the threshold" }, $"{account}-start", operatorToken);
        await visitor.Send(HttpMethod.Put, visitor.Path("auto-top-up"), new { enabled = true, threshold = Threshold, credits = Credits }, anyVersion: true);
    }

    /// <summary>Sends the request that buys, and does not wait for its answer.</summary>
    public void Buy() => asked = Ask(Quote);

    /// <summary>Buys the earlier quote; its answer interests nobody.</summary>
    public void BuyEarlier() => _ = Ask(EarlierQuote);

    /// <summary>The answer, when it has come; null when none came.</summary>
    public Task<Answered?> Answer() => asked;

    /// <summary>The status of a purchase (account/purchase) as the customer sees it; null when there is no purchase or no answer soon.</summary>
    public async Task<string?> Status(string purchase)
    {
        try
        {
            var answer = await visitor.Send(HttpMethod.Get, visitor.Path($"purchases/{purchase[(account.Length + 1)..]}"), anyAnswer: true).WaitAsync(Patience);
            return answer.Status == 200 ? answer.Body.GetProperty("status").GetString() : null;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or TimeoutException)
        {
            return null;
        }
    }

    /// <summary>Looks at the account and at a purchase (account/purchase) if it is known, which wakes both.</summary>
    public async Task Look(string? purchase)
    {
        if (purchase is not null)
            await Status(purchase);
        try
        {
            await visitor.Send(HttpMethod.Get, visitor.Path("auto-top-up"), anyAnswer: true).WaitAsync(Patience);
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException or TimeoutException)
        {
            // It stands still already.
        }
    }

    /// <summary>Where auto top-up stands.</summary>
    public async Task<(string State, string? SuspendedBecause)> TopUp()
    {
        var body = (await visitor.Send(HttpMethod.Get, visitor.Path("auto-top-up"))).Body;
        return (body.GetProperty("state").GetString()!, body.GetProperty("suspendedBecause").GetString());
    }

    private Task<Answered?> Ask(string? quote) => flow.Automatic
        ? visitor.Try(HttpMethod.Post, visitor.Path("automations/greeting/messages"), new { to = "+61491570156", text = "Hello" }, $"{account}-send")
        : visitor.Try(HttpMethod.Post, visitor.Path("purchases"), new { quoteId = quote }, $"{account}-buy-{quote}");

    private async Task<string> NewQuote(string name) =>
        (await visitor.Post(visitor.Path("quotes"), new { credits = Credits }, $"{account}-{name}")).Body.GetProperty("id").GetString()!;
}

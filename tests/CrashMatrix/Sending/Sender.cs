using System.Text.Json;

namespace Connect.CrashMatrix.Sending;

/// <summary>The owner of one cell's account, who sends, and asks again with the same keys when no answer came.</summary>
internal sealed class Sender(SendCell cell, Visitor visitor)
{
    private const int CancelAfter = 150;
    private const string Text = "Free coffee before nine.";
    private Task asked = Task.CompletedTask;

    /// <summary>The cell.</summary>
    public SendCell Cell => cell;

    /// <summary>The account.</summary>
    public string Account => visitor.Account;

    /// <summary>The campaign, once there is one; the flow of an automation.</summary>
    public string Source { get; private set; } = "greeting";

    /// <summary>Whether its requests have been answered, or can not be any more.</summary>
    public bool IsAnswered => asked.IsCompleted;

    /// <summary>Whether the request that sends was taken on: from then on nobody has to ask again.</summary>
    public bool IsTaken { get; private set; }

    /// <summary>Everything up to the send.</summary>
    public async Task Prepare(string operatorToken)
    {
        await visitor.SignIn();
        await visitor.Send(
            HttpMethod.Post, $"/v1/operator/accounts/{Account}/grants", new { credits = cell.Flow.Credits, reason = "to be sent" }, $"{Account}-start", operatorToken);
        if (cell.Flow.Automation)
            return;
        var recipients = Enumerable.Range(0, cell.Flow.Rows).Select(row => new { to = cell.Flow.To(row) });
        Source = (await visitor.Post(visitor.Path("campaigns"), new { name = cell.Name[..Math.Min(100, cell.Name.Length)], text = Text, recipients }, $"{Account}-draft")).Body.GetProperty("id").GetString()!;
    }

    /// <summary>Sends, and cancels when that is what it does; does not wait for the answers.</summary>
    public void Send() => asked = Ask();

    /// <summary>The campaign or the flow in figures.</summary>
    public async Task<JsonElement> Figures() =>
        (await visitor.Send(HttpMethod.Get, visitor.Path(cell.Flow.Automation ? $"automations/{Source}" : $"campaigns/{Source}"))).Body;

    /// <summary>Wakes what a crash has left, as anybody who looks does.</summary>
    public Task Look() => visitor.Try(HttpMethod.Get, visitor.Path(cell.Flow.Automation ? $"automations/{Source}" : $"campaigns/{Source}"));

    /// <summary>The campaign's list: status by number.</summary>
    public async Task<Dictionary<string, string>> List()
    {
        var statuses = new Dictionary<string, string>();
        for (var after = 0L; ;)
        {
            var page = (await visitor.Send(HttpMethod.Get, visitor.Path($"campaigns/{Source}/recipients?limit=1000&after={after}"))).Body;
            foreach (var recipient in page.GetProperty("recipients").EnumerateArray())
                statuses.Add(recipient.GetProperty("to").GetString()!, recipient.GetProperty("status").GetString()!);
            if (page.GetProperty("nextCursor") is not { ValueKind: JsonValueKind.Number } next)
                return statuses;
            after = next.GetInt64();
        }
    }

    /// <summary>The account's credits.</summary>
    public async Task<JsonElement> Credits() => (await visitor.Send(HttpMethod.Get, visitor.Path("credits"))).Body;

    private async Task Ask()
    {
        if (cell.Flow.Automation)
        {
            IsTaken |= await visitor.Try(HttpMethod.Post, visitor.Path($"automations/{Source}/messages"), new { to = cell.Flow.To(0), text = Text }, $"{Account}-send") is { Status: < 500 };
            return;
        }

        // A repeated request may be told that the campaign was started: it was.
        IsTaken |= await visitor.Try(HttpMethod.Post, visitor.Path($"campaigns/{Source}/send"), new { }, $"{Account}-send") is { Status: 202 or 409 };
        if (!IsTaken || !cell.Flow.Cancelled)
            return;
        await Stage.Until(TimeSpan.FromSeconds(20), async () =>
            await visitor.Try(HttpMethod.Get, visitor.Path($"campaigns/{Source}")) is not { Status: 200 } now || now.Body.GetProperty("sent").GetInt64() >= CancelAfter);
        await visitor.Try(HttpMethod.Post, visitor.Path($"campaigns/{Source}/cancel"), new { });
    }
}

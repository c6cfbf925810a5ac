using System.Data.Common;
using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;

namespace Connect.CrashMatrix;

/// <summary>The program and the sandbox, running, with the customers of a batch.</summary>
internal sealed class Stage : IDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(61);
    private readonly HashSet<string> approved = [];
    private readonly Shape shape;
    private readonly HttpClient http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Timeout.InfiniteTimeSpan };

    private Stage(Shape shape, Sandbox sandbox) => (this.shape, Sandbox) = (shape, sandbox);

    /// <summary>The sandbox.</summary>
    public Sandbox Sandbox { get; }

    /// <summary>Starts both. Returns an operator's token as well.</summary>
    public static async Task<(Stage Stage, string OperatorToken)> Open(Shape shape)
    {
        var stage = new Stage(shape, await Sandbox.Start());
        try
        {
            return (stage, await stage.Start());
        }
        catch
        {
            stage.Dispose();
            throw;
        }
    }

    /// <summary>Starts both and prepares an account for every cell.</summary>
    public static async Task<(Stage Stage, List<Play> Plays)> Open(Shape shape, IReadOnlyList<Cell> cells)
    {
        var (stage, token) = await Open(shape);
        try
        {
            var plays = cells.Select((cell, number) => new Play(cell, new Customer(stage.http, () => shape.Api, $"{cell.Flow.Code}-{number}", cell.Flow))).ToList();
            await Parallel.ForEachAsync(plays, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (play, _) => await play.Customer.Prepare(token));
            // What saving the cards left to do is done, so that it does not mix with the purchases.
            await stage.Advance(Tick);
            await stage.MakeUnknown([.. plays.Where(play => play.Cell.Flow.AfterUnknown)]);
            return (stage, plays);
        }
        catch
        {
            stage.Dispose();
            throw;
        }
    }

    /// <summary>Starts the program, or starts what was killed again, and returns an operator's token: then the grains can be reached.</summary>
    public async Task<string> Start()
    {
        await shape.Start(Sandbox.Url);
        var body = await Insist("/sandbox/token", new { accountId = "desk", userId = "operator", role = "operator" });
        return body.GetProperty("token").GetString()!;
    }

    /// <summary>Somebody of an account.</summary>
    public Visitor Visit(string account) => new(http, () => shape.Api, account);

    /// <summary>POST at the program that must succeed, soon or later.</summary>
    public Task<JsonElement> Post(string path, object body) => Insist(path, body);

    /// <summary>kill -9.</summary>
    public void Kill() => shape.Kill();

    /// <summary>A connection to the database, beside the program.</summary>
    public DbConnection Open() => shape.Open();

    /// <summary>What the database holds of purchases.</summary>
    public Task<Books> Read() => Books.Read(Open());

    /// <summary>Counts the steps of accounts from now on, and holds each at its point.</summary>
    public async Task Arm(IEnumerable<object> holds)
    {
        using var answer = await http.PostAsJsonAsync(new Uri(shape.Steps, "/crash/arm"), holds);
        answer.EnsureSuccessStatusCode();
    }

    /// <summary>Accounts that stand still at their points.</summary>
    public async Task<HashSet<string>> Held() => [.. (await http.GetFromJsonAsync<string[]>(new Uri(shape.Steps, "/crash/held")))!];

    /// <summary>The steps that each account has made, in order.</summary>
    public async Task<Dictionary<string, string[]>> Steps() =>
        (await http.GetFromJsonAsync<JsonElement>(new Uri(shape.Steps, "/crash/accounts"))).EnumerateArray().ToDictionary(
            account => account.GetProperty("account").GetString()!,
            account => account.GetProperty("steps").EnumerateArray().Select(step => step.GetString()!).ToArray());

    /// <summary>Moves the program's clock, which makes every reminder come that falls due.</summary>
    public Task Advance(TimeSpan by) => Insist("/sandbox/clock/advance", new { seconds = by.TotalSeconds });

    /// <summary>
    /// Lets time pass, minute by minute, and customers approve at the bank, until it is enough or <paramref name="minutes"/> are over. Nobody touches a purchase:
    /// only its own timers and reminders move it. Returns the books as they are then.
    /// </summary>
    public async Task<Books> LetTimePass(IReadOnlyList<Play> plays, int minutes, Func<Books, int, bool> enough)
    {
        var books = await Read();
        for (var minute = 1; minute <= minutes; minute++)
        {
            await Advance(Tick);
            var number = minute;
            if (await Until(TimeSpan.FromSeconds(3), async () => enough(books = await ReadAndApprove(plays), number)))
                break;
        }

        return books;
    }

    /// <summary>Reads the books, and sends the customers who approve to their bank, once.</summary>
    public async Task<Books> ReadAndApprove(IReadOnlyList<Play> plays)
    {
        var books = await Read();
        foreach (var play in plays.Where(play => play.Cell.Flow.Bank == Bank.Approved))
        {
            foreach (var purchase in play.Purchases(books))
            {
                // The browser comes back if the program is there; the purchase does not depend on it.
                if (books.Purchases.GetValueOrDefault(purchase)?.BankPage is { } page && approved.Add(page) && await Sandbox.Approve(page) is { } back)
                    _ = Come(back);
            }
        }

        return books;

        async Task Come(Uri back)
        {
            try
            {
                using var answer = await http.GetAsync(back);
            }
            catch (HttpRequestException)
            {
                // The program was killed meanwhile.
            }
        }
    }

    /// <summary>Asks until the answer is yes; false when <paramref name="patience"/> ends first.</summary>
    public static async Task<bool> Until(TimeSpan patience, Func<Task<bool>> ask)
    {
        var waited = Stopwatch.StartNew();
        using var again = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await ask())
        {
            if (waited.Elapsed > patience)
                return false;
            await again.WaitForNextTickAsync();
        }

        return true;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        http.Dispose();
        shape.Dispose();
        Sandbox.Dispose();
    }

    // An API that has just lost its silo takes a while to find the next one.
    private async Task<JsonElement> Insist(string path, object body)
    {
        JsonElement? result = null;
        if (!await Until(TimeSpan.FromSeconds(90), async () => (result = await Ask()) is not null))
            throw new TimeoutException($"POST {path} did not succeed.");
        return result!.Value;

        async Task<JsonElement?> Ask()
        {
            using var answer = await http.PostAsJsonAsync(new Uri(shape.Api, path), body);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonElement>() : null;
        }
    }

    // Charged, the answer lost, and Stripe can not be asked.
    private async Task MakeUnknown(List<Play> plays)
    {
        if (plays.Count == 0)
            return;
        var customers = await Sandbox.Customers();
        await Sandbox.Misbehave(plays.Select(play => new { customer = customers[play.Account], method = "POST", pathContains = "/confirm", when = "after", kind = "reset" }));
        foreach (var play in plays)
            play.Customer.BuyEarlier();
        List<Charge> charges = [];
        if (!await Until(TimeSpan.FromSeconds(30), async () => (charges = await Sandbox.Charges()).Count >= plays.Count))
            throw new TimeoutException("The earlier purchases were not charged.");
        await Sandbox.Misbehave(charges.Select(charge => new { method = "GET", pathContains = charge.Intent, kind = "reset", count = int.MaxValue }));
    }
}

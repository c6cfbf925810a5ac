using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Connect.Testing;

namespace Connect.Bench.Sections;

/// <summary>
/// Section f: messages of an automation, one HTTP request each, on one account. The whole program runs in processes of its own, embedded and clustered; this process only asks.
/// </summary>
public static class AutomationSection
{
    private const int Callers = 64;
    private const double TargetPerSecond = 200;
    private const string Account = "f";

    /// <summary>Measures both shapes, each beside what its database does in single durable transactions.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(BenchRun bench)
    {
        // The measure is the program, not what it allows one account in a second.
        var unlimited = KeyValuePair.Create("RateLimit:PerSecond", "1000000");
        using var embedded = await EmbeddedProgram.Start(unlimited);
        var sqlite = await Measure(bench, "SQLite", embedded.Url, duration => Task.FromResult(SqliteTransactions.Run(duration)), "one connection, a flush each");
        using var cluster = await ClusteredProgram.Start(bench.Server, silos: 1, unlimited);
        var postgres = await Measure(bench, "PostgreSQL", cluster.Url, bench.Yardstick(1).Run, "pgbench, 64 clients, one row");
        return [sqlite, postgres];
    }

    private static async Task<Figure> Measure(BenchRun bench, string store, Uri url, Func<TimeSpan, Task<double>> yardstick, string what)
    {
        using var admin = await CreditsClient.SignIn(url, Account);
        using (var staff = await CreditsClient.SignIn(url, Account, "operator"))
            await staff.Post($"/v1/operator/accounts/{Account}/grants", new { credits = 1_000_000, reason = "bench" });
        var sent = 0L;
        await Send("warm-up", bench.Options.Round / 2);
        var rates = new List<double>();
        var yards = new List<double>();
        var waits = new List<double>();
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            yards.Add(await yardstick(bench.Options.Round));
            var (rate, times) = await Send($"round-{round}", bench.Options.Round);
            rates.Add(rate);
            waits.AddRange(times);
            bench.Say($"f: {store} {rate:N0} messages/s, {what}: {yards[^1]:N0}/s");
        }

        var available = await admin.Available();
        if (available != 1_000_000 - sent)
            throw new InvalidOperationException($"{sent} messages were answered as sent, and {1_000_000 - available} credits are spent.");
        var median = rates.Median();
        waits.Sort();
        return new Figure(
            "f",
            $"automation messages over HTTP, one account, {Callers} callers, {store}",
            $"{median:N0}/s, p50 {waits[waits.Count / 2]:N0} ms, p99 {waits[waits.Count * 99 / 100]:N0} ms",
            $"{what}: {yards.Median():N0}/s, so {median / yards.Median():N2}x",
            median,
            TargetPerSecond,
            AtLeast: true)
        { Unit = "/s" };

        async Task<(double PerSecond, IEnumerable<double> Milliseconds)> Send(string name, TimeSpan duration)
        {
            var times = new ConcurrentBag<double>();
            var load = await Load.Run(Callers, duration, async (caller, turn) =>
            {
                var watch = Stopwatch.StartNew();
                var answer = await admin.Send(
                    HttpMethod.Post,
                    "automations/welcome/messages",
                    new { to = $"+614{caller:D2}{turn % 1_000_000:D6}", text = "Hi {firstName}, happy birthday from The Anchor. Reply STOP to opt out.", fields = new { firstName = "Ada" } },
                    $"{name}-{caller}-{turn}");
                if (answer.Status != HttpStatusCode.OK)
                    throw new InvalidOperationException($"{(int)answer.Status}: {answer.Body}");
                times.Add(watch.Elapsed.TotalMilliseconds);
            });
            sent += load.Calls;
            return (load.PerSecond, times);
        }
    }
}

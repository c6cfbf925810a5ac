using System.Diagnostics;
using Connect.Campaigns;

namespace Connect.Bench.Sections;

/// <summary>Section g: a hundred accounts that send at once through the sandbox gateway, every outcome durable, from the first send to the last outcome.</summary>
public static class ManyCampaignsSection
{
    private const int Accounts = 100;
    private const double Target = 25;

    /// <summary>Measures rounds of a hundred campaigns.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(BenchRun bench)
    {
        await using var host = await CreditsHost.Start(bench.Server);
        var each = bench.Options.Quick ? 1_000 : 10_000;
        var accounts = await Task.WhenAll(Enumerable.Range(0, Accounts).Select(number => host.OpenAccount(Name(number))));
        await Send("warm-up", each / 10);

        var yardstick = new List<double>();
        var rates = new List<double>();
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            yardstick.Add(await bench.Yardstick(Accounts).Run(bench.Options.Round));
            rates.Add(await Send($"round-{round}", each));
            bench.Say($"g: {Accounts} accounts at once {rates[^1]:N0} recipients/s, pgbench {yardstick[^1]:N0}/s");
        }

        foreach (var account in accounts)
            await CreditsHost.CheckConservation(account, each / 10 + bench.Options.Rounds * (long)each);
        return
        [
            new Figure("g", $"campaigns of {Accounts} accounts at once, {each:N0} recipients each", $"{rates.Median():N0} recipients/s", $"pgbench, 64 clients, {Accounts} rows: {yardstick.Median():N0}/s",
                rates.Median() / yardstick.Median(), Target, AtLeast: true),
        ];

        async Task<double> Send(string id, int recipients)
        {
            var campaigns = await Task.WhenAll(Enumerable.Range(0, Accounts).Select(number => CampaignSection.Draft(host, Name(number), id, recipients)));
            var watch = Stopwatch.StartNew();
            var views = await Task.WhenAll(campaigns.Select(CampaignSection.SendToTheEnd));
            var elapsed = watch.Elapsed;
            if (views.FirstOrDefault(view => view.Status != CampaignStatus.Completed || view.Sent != recipients || view.CreditsUsed != recipients) is { } other)
                throw new InvalidOperationException($"The campaign did not end as it should: {other}");
            var handedOver = await host.CountSms(id);
            if (handedOver != (long)recipients * Accounts)
                throw new InvalidOperationException($"The gateway has {handedOver} messages of {recipients * Accounts}.");
            return (long)recipients * Accounts / elapsed.TotalSeconds;
        }
    }

    private static string Name(int number) => $"g-{number}";
}

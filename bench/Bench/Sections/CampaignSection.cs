using System.Collections.Immutable;
using System.Diagnostics;
using Connect.Campaigns;

namespace Connect.Bench.Sections;

/// <summary>Section c: campaigns on one account through the sandbox gateway, every outcome durable, from the send to the last outcome.</summary>
public static class CampaignSection
{
    private const double Target = 25;
    private const double TargetGrowth = 1.2;
    private const int PageSize = 1_000;
    private const string Text = "Hi {firstName}, two for one on Tuesday at The Anchor. Reply STOP to opt out.";
    private static readonly string[] Names = ["Ada", "Bill", "Charlotte", "Dev", "Eleni", "Fatima", "George"];

    /// <summary>Measures campaigns of two sizes, ten times apart.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(BenchRun bench)
    {
        await using var host = await CreditsHost.Start(bench.Server);
        var (small, large) = bench.Options.Quick ? (10_000, 100_000) : (100_000, 1_000_000);
        var account = await host.OpenAccount("c");
        var spent = 0L;
        await Send("warm-up", small / 10);

        var yardstick = new List<double>();
        var smallRates = new List<double>();
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            yardstick.Add(await bench.Yardstick(1).Run(bench.Options.Round));
            smallRates.Add(await Send($"small-{round}", small));
            bench.Say($"c: {small:N0} recipients {smallRates[^1]:N0}/s, pgbench {yardstick[^1]:N0}/s");
        }

        var largeRate = await Send("large", large);
        bench.Say($"c: {large:N0} recipients {largeRate:N0}/s");
        await CreditsHost.CheckConservation(account, spent);

        var rate = smallRates.Median();
        return
        [
            new Figure("c", $"campaign, {small:N0} recipients", $"{rate:N0} recipients/s", $"pgbench, 64 clients, one row: {yardstick.Median():N0}/s", rate / yardstick.Median(), Target, AtLeast: true),
            new Figure("c", $"cost per recipient, {large:N0} recipients", $"{1e6 / largeRate:N1} µs", $"of {small:N0} recipients: {1e6 / rate:N1} µs", rate / largeRate, TargetGrowth, AtLeast: false),
        ];

        async Task<double> Send(string id, int recipients)
        {
            var campaign = await Draft(host, "c", id, recipients);
            var watch = Stopwatch.StartNew();
            var view = await SendToTheEnd(campaign);
            var elapsed = watch.Elapsed;
            if (view.Status != CampaignStatus.Completed || view.Sent != recipients || view.CreditsUsed != recipients)
                throw new InvalidOperationException($"The campaign did not end as it should: {view}");
            var handedOver = await host.CountSms(id);
            if (handedOver != recipients)
                throw new InvalidOperationException($"The gateway has {handedOver} messages of {recipients}.");
            spent += recipients;
            return recipients / elapsed.TotalSeconds;
        }
    }

    /// <summary>A draft of that many recipients, closed.</summary>
    public static async Task<ICampaignGrain> Draft(CreditsHost host, string account, string id, int recipients, string text = Text)
    {
        var campaign = host.Grains.GetGrain<ICampaignGrain>($"{account}/{id}");
        Require(await campaign.Create(new CampaignDraft { Name = id, Text = text, Actor = "bench" }));
        for (var row = 0; row < recipients; row += PageSize)
            Require(await campaign.AddRecipients(row, [.. Enumerable.Range(row, Math.Min(PageSize, recipients - row)).Select(Recipient)]));
        Require(await campaign.CloseImport(recipients));
        return campaign;
    }

    /// <summary>Sends it and returns how it ended.</summary>
    public static async Task<CampaignView> SendToTheEnd(ICampaignGrain campaign)
    {
        Require(await campaign.Send("bench"));
        CampaignView view;
        while ((view = (await campaign.Get())!).Status == CampaignStatus.Sending)
            await Task.Delay(20);
        return view;
    }

    private static RecipientInput Recipient(int row) =>
        new() { To = $"+614{row:D8}", Fields = ImmutableDictionary<string, string>.Empty.Add("firstName", Names[row % Names.Length]) };

    private static void Require(CampaignOutcome outcome)
    {
        if (outcome != CampaignOutcome.Done)
            throw new InvalidOperationException($"Expected the campaign to accept, got {outcome}.");
    }
}

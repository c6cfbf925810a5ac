using System.Diagnostics;
using Connect.Campaigns;
using Connect.Testing;

namespace Connect.Bench.Sections;

/// <summary>
/// Section k: a campaign through Kannel, every outcome durable, beside what Kannel itself takes: a plain load tool (wrk) that hands over the same messages with the same parameters over as many
/// connections as the program has. Both in turn, on one Kannel with its test carrier; the reports of both go to one address that answers and keeps nothing.
/// </summary>
public static class KannelSection
{
    private const double Target = 0.9;
    private const int Connections = 32;

    // About as long as a campaign takes: what Kannel takes for a moment, it has still to deliver and report.
    private const double RoundsOfTool = 2.5;
    private const string Text = "Hi Charlotte, two for one on Tuesday at The Anchor. Reply STOP to opt out.";

    /// <summary>Measures both, in turn.</summary>
    public static async Task<IReadOnlyList<Figure>> Measure(BenchRun bench)
    {
        using var kannel = await KannelServer.Start();
        await using var reports = await ReportSink.Start();
        await using var host = await CreditsHost.Start(
            bench.Server,
            ("Messaging:Gateway", "Kannel"), ("Kannel:Url", kannel.Url.ToString()), ("Kannel:User", KannelServer.User), ("Kannel:Password", KannelServer.Password), ("Kannel:Sender", "+61480000000"),
            ("Kannel:MaxMessages", "4"), ("Kannel:CallbackUrl", reports.Url), ("Kannel:CallbackSecret", "a secret of the bench only"), ("Kannel:Connections", $"{Connections}"));
        var recipients = bench.Options.Quick ? 5_000 : 20_000;
        var account = await host.OpenAccount("k");
        var spent = 0L;
        await Send("warm-up", recipients / 4);
        await kannel.Quiet();

        var (program, tool) = (new List<double>(), new List<double>());
        for (var round = 0; round < bench.Options.Rounds; round++)
        {
            tool.Add(await Wrk.Run(kannel.Url, "+61480000000", Text, reports.Url, Connections, bench.Options.Round * RoundsOfTool));
            await kannel.Quiet();
            program.Add(await Send($"round-{round}", recipients));
            await kannel.Quiet();
            bench.Say($"k: campaign {program[^1]:N0} recipients/s, wrk {tool[^1]:N0}/s");
        }

        await CreditsHost.CheckConservation(account, spent);
        var (ours, theirs) = (program.Median(), tool.Median());
        return [new Figure("k", $"campaign through Kannel, {recipients:N0} recipients", $"{ours:N0} recipients/s", $"wrk, {Connections} connections: {theirs:N0}/s", ours / theirs, Target, AtLeast: true)];

        async Task<double> Send(string id, int count)
        {
            var campaign = await CampaignSection.Draft(host, "k", id, count, Text);
            var watch = Stopwatch.StartNew();
            var view = await CampaignSection.SendToTheEnd(campaign);
            var elapsed = watch.Elapsed;
            if (view.Status != CampaignStatus.Completed || view.Sent != count)
                throw new InvalidOperationException($"The campaign did not end as it should: {view}");
            spent += count;
            return count / elapsed.TotalSeconds;
        }
    }
}

using System.Globalization;
using System.Text.Json;

namespace Connect.CrashMatrix.Sending;

/// <summary>Compares what the gateway took with what the customer is told and what was paid. It reads only what anybody outside can read.</summary>
internal static class SendAuditor
{
    /// <summary>In the end.</summary>
    public static async Task Check(List<Sender> senders, IEnumerable<(string Account, string To)> gateway)
    {
        var received = gateway.ToLookup(message => message.Account, message => message.To);
        await Parallel.ForEachAsync(senders, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (sender, _) =>
        {
            var mine = received[sender.Account].ToList();
            var once = mine.ToHashSet();
            if (once.Count < mine.Count)
                sender.Cell.Wrong.Add($"{mine.Count - once.Count} messages were handed over twice");
            var used = sender.Cell.Flow.Automation ? await CheckMessage(sender, once) : await CheckCampaign(sender, once);
            await CheckCredits(sender, used);
        });
    }

    private static async Task<long> CheckCampaign(Sender sender, HashSet<string> received)
    {
        var (flow, wrong) = (sender.Cell.Flow, sender.Cell.Wrong);
        var now = await sender.Figures();
        var list = await sender.List();
        foreach (var (status, figure) in new[] { ("sent", "sent"), ("failed", "failed"), ("unknown", "unknown") })
        {
            if (Number(now, figure) != list.Values.LongCount(one => one == status))
                wrong.Add($"says {figure} {Number(now, figure)}, and the list has {list.Values.LongCount(one => one == status)}");
        }

        if (Number(now, "sent") + Number(now, "failed") + Number(now, "skipped") + Number(now, "unknown") + Number(now, "remaining") != flow.Rows)
            wrong.Add($"the figures do not add up: {now}");
        if (list.Any(row => row.Value == "sent" && !received.Contains(row.Key)))
            wrong.Add("somebody counts as sent who received nothing");
        if (received.Any(to => list.GetValueOrDefault(to) is not ("sent" or "unknown")))
            wrong.Add("somebody received it who does not count");
        if (Number(now, "creditsUsed") != Number(now, "sent") + Number(now, "unknown"))
            wrong.Add($"used {Number(now, "creditsUsed")} credits for {Number(now, "sent")} sent and {Number(now, "unknown")} unknown");
        CheckEnd(flow, now.GetProperty("status").GetString()!, list, wrong);
        sender.Cell.InDoubt = Number(now, "unknown");
        return Number(now, "creditsUsed");
    }

    private static void CheckEnd(SendFlow flow, string status, Dictionary<string, string> list, List<string> wrong)
    {
        var expected = flow switch { { Cancelled: true } => "canceled", _ => flow.Credits < flow.Rows ? "stopped_out_of_credits" : "completed" };
        // A cancel may come too late.
        if (status != expected && !(flow.Cancelled && status == "completed"))
            wrong.Add($"is {status}, not {expected}");
        if (flow.Cancelled)
            return;
        var others = Enumerable.Range(0, flow.Rows).Where(row => !IsWell(row)).ToList();
        if (others.Count > 0)
            wrong.Add(string.Create(CultureInfo.InvariantCulture, $"{others.Count} rows are not as they must be; row {others[0]} is {list.GetValueOrDefault(flow.To(others[0]))}"));

        bool IsWell(int row) => list.GetValueOrDefault(flow.To(row)) is { } was
            && (row >= flow.Credits ? was == "not_sent_out_of_credits" : was == "unknown" || was == (flow.IsRefused(row) ? "failed" : "sent"));
    }

    private static async Task<long> CheckMessage(Sender sender, HashSet<string> received)
    {
        var now = await sender.Figures();
        var (used, sent, unknown, failed) = (Number(now, "creditsUsed"), Number(now, "sent"), Number(now, "unknown"), Number(now, "failed"));
        // What is unknown has been paid for; what was refused surely has not.
        sender.Cell.InDoubt = unknown;
        if (received.Count < sent || received.Count > sent + unknown || used != sent + unknown || sent + unknown + failed != 1)
            sender.Cell.Wrong.Add($"{received.Count} received; {sent} counted as sent, {unknown} as unknown, {failed} as failed; {used} credits");
        if (sender.Cell.Flow.IsRefused(0) ? sent > 0 : failed > 0)
            sender.Cell.Wrong.Add(sent > 0 ? "the message was refused and counts as sent" : "the message was taken and counts as failed");
        return used;
    }

    private static async Task CheckCredits(Sender sender, long used)
    {
        var credits = await sender.Credits();
        var totals = credits.GetProperty("totals");
        if (Number(credits, "available") != sender.Cell.Flow.Credits - used)
            sender.Cell.Wrong.Add($"{Number(credits, "available")} credits are left of {sender.Cell.Flow.Credits}, and {used} were used");
        if (Number(totals, "granted") != Number(totals, "available") + Number(totals, "spent") || Number(totals, "spent") != used)
            sender.Cell.Wrong.Add($"the totals do not add up: {totals}");
    }

    private static long Number(JsonElement body, string name) => body.GetProperty(name).GetInt64();
}

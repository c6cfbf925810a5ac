using System.Collections.Immutable;
using System.Globalization;
using Connect.Grains.Automations;
using Connect.Grains.Automations.Engine;
using Connect.Grains.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Messaging;
using Orleans.Concurrency;

namespace Connect.Grains.Messaging;

/// <summary>Brings each report to the recipient page, or the automation's message, that its message's id names; those of one page together. Keeps nothing.</summary>
[StatelessWorker, Reentrant]
public sealed class DeliveryReportsGrain : Grain, IDeliveryReportsGrain
{
    /// <inheritdoc/>
    public Task Report(ImmutableArray<DeliveryReport> reports)
    {
        var pages = new Dictionary<string, ImmutableArray<RowReport>.Builder>();
        var noted = new List<Task>();
        foreach (var report in reports.IsDefault ? [] : reports)
        {
            if (report.State is not (DeliveryState.Passed or DeliveryState.Undelivered or DeliveryState.Delivered))
                continue;
            if (report.Kind == MessageKind.Campaign && Row(report) is { } row)
                Add(new CampaignKey(report.AccountId, report.CampaignId).Page((int)(row / PageRules.PageSize)), new((int)(row % PageRules.PageSize), report.State));
            else if (report.Kind == MessageKind.Automation && AutomationMessage(report) is { } message)
                noted.Add(GrainFactory.GetGrain<IAutomationMessageGrain>(message).Report(report));
        }

        noted.AddRange(pages.Select(page => GrainFactory.GetGrain<IRecipientPageGrain>(page.Key).Report(page.Value.ToImmutable())));
        return Task.WhenAll(noted);

        void Add(string page, RowReport row)
        {
            if (!pages.TryGetValue(page, out var rows))
                pages[page] = rows = ImmutableArray.CreateBuilder<RowReport>();
            rows.Add(row);
        }
    }

    // Null when no campaign can have made the id.
    private static long? Row(DeliveryReport report) =>
        Own(report) is { } own && long.TryParse(own, NumberStyles.None, CultureInfo.InvariantCulture, out var row) && row < CampaignRules.MaxRows ? row : null;

    // Null when no flow can have made the id.
    private static string? AutomationMessage(DeliveryReport report) =>
        Own(report) is { Length: <= MessageRules.LongestOperation } operation && !$"{report.CampaignId}{operation}".Contains('/', StringComparison.Ordinal)
            ? $"{report.AccountId}/{report.CampaignId}/{operation}" : null;

    // The part of a message's id that is its own, behind the campaign or flow; null when it is not made like that.
    private static string? Own(DeliveryReport report)
    {
        var (campaign, id) = (report.CampaignId, report.MessageId);
        return !string.IsNullOrEmpty(report.AccountId) && !report.AccountId.Contains('/', StringComparison.Ordinal)
            && !string.IsNullOrEmpty(campaign) && id is not null
            && id.Length > campaign.Length + 1 && id.StartsWith(campaign, StringComparison.Ordinal) && id[campaign.Length] == ':'
            ? id[(campaign.Length + 1)..] : null;
    }
}

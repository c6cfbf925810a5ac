using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Connect.Api.Auth;
using Connect.Api.Problems;
using Connect.Campaigns;

namespace Connect.Api.Application;

/// <summary>
/// What changes on an account, as it changes: it looks at short intervals and tells only what differs. Looking costs a read of grains that are in memory;
/// the interval is real time, whatever the program's clock says.
/// </summary>
public sealed class LiveService(CreditsService credits, CampaignsService campaigns, AlertsService alerts)
{
    /// <summary>How often it looks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    /// <summary>A heartbeat is told after so many looks.</summary>
    public const int LooksPerPing = 20;

    private const int WatchedCampaigns = 20;

    /// <summary>First what stands, then every change of it, until cancelled. The balance only for those who may see it.</summary>
    public async IAsyncEnumerable<LiveEvent> Watch(Caller caller, string accountId, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        CreditsBody? lastCredits = null;
        int? lastAlerts = null;
        var lastCampaigns = ImmutableDictionary<string, CampaignView>.Empty;
        using var timer = new PeriodicTimer(Interval, TimeProvider.System);
        for (var look = 0; !cancellationToken.IsCancellationRequested; look++)
        {
            if (look % LooksPerPing == 0)
                yield return new LiveEvent.Ping();

            var (nowCredits, nowCampaigns, nowAlerts) = await Look(caller, accountId);
            if (nowCredits is not null && Changed(lastCredits, nowCredits))
                yield return new LiveEvent.Balance(lastCredits = nowCredits);
            foreach (var campaign in nowCampaigns.Where(campaign => lastCampaigns.GetValueOrDefault(campaign.Id) != campaign))
            {
                lastCampaigns = lastCampaigns.SetItem(campaign.Id, campaign);
                yield return new LiveEvent.Campaign(campaign);
            }
            if (nowAlerts is { } count && count != lastAlerts)
            {
                lastAlerts = count;
                yield return new LiveEvent.Alerts(count);
            }
            try
            {
                await timer.WaitForNextTickAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                yield break;
            }
        }
    }

    private static bool Changed(CreditsBody? last, CreditsBody now) =>
        last is null || last.Sequence != now.Sequence || last.Available != now.Available || last.AutoTopUp != now.AutoTopUp;

    /// <summary>An account that can not be reached for a moment has no news: the next look tells.</summary>
    private async Task<(CreditsBody? Credits, ImmutableArray<CampaignView> Campaigns, int? Alerts)> Look(Caller caller, string accountId)
    {
        try
        {
            var balance = await credits.GetCredits(caller, accountId);
            var page = await campaigns.List(caller, accountId, 0, WatchedCampaigns);
            return (balance.Problem is null ? balance.Value : null, page.Problem is null ? page.Value.Campaigns : [], await alerts.Count(caller, accountId));
        }
        catch (Exception error) when (Faults.From(error) is not null)
        {
            return (null, [], null);
        }
    }
}

/// <summary>Something to show at once.</summary>
public abstract record LiveEvent
{
    private LiveEvent() { }

    /// <summary>The stream is alive.</summary>
    public sealed record Ping : LiveEvent;

    /// <summary>The balance or auto top-up changed.</summary>
    /// <param name="Credits">What the account has now.</param>
    public sealed record Balance(CreditsBody Credits) : LiveEvent;

    /// <summary>A campaign moved on.</summary>
    /// <param name="View">The campaign now.</param>
    public sealed record Campaign(CampaignView View) : LiveEvent;

    /// <summary>There are more or fewer alerts to see.</summary>
    /// <param name="Count">Alerts that the caller may see and nobody has dismissed.</param>
    public sealed record Alerts(int Count) : LiveEvent;
}

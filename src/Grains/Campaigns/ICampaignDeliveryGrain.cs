using Connect.Grains.Campaigns.Engine;

namespace Connect.Grains.Campaigns;

/// <summary>
/// What was reported about a campaign's messages, in figures: a few bytes for each page, long after the campaign has forgotten its pages. Key: <c>{accountId}/{campaignId}</c>. Every call may be repeated.
/// </summary>
[Alias("connect.campaigns.ICampaignDeliveryGrain")]
public interface ICampaignDeliveryGrain : IGrainWithStringKey
{
    /// <summary>A page is about to save reports, and will tell. Durable on return: after a crash it is asked.</summary>
    [Alias("open")] Task Open(int page);

    /// <summary>The figures of a page, as it has stored them. Kept in memory until the next write; a page that told is open, so that nothing is lost with it.</summary>
    [Alias("tell")] Task Tell(int page, PageDelivery delivery);

    /// <summary>The last figures of a page that goes to sleep.</summary>
    [Alias("close")] Task Close(int page, PageDelivery delivery);

    /// <summary>The sum over all pages.</summary>
    [Alias("get")] Task<PageDelivery> Get();
}

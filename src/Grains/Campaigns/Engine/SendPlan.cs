using System.Collections.Immutable;
using Connect.Campaigns;
using Connect.Grains.Storage;

namespace Connect.Grains.Campaigns.Engine;

/// <summary>A campaign that will take credits, or takes them now.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.planned-send")]
public sealed record PlannedSend
{
    /// <summary>The campaign's id within the account.</summary>
    [Id(0)] public required string CampaignId { get; init; }

    /// <summary>When it starts or has started, UTC.</summary>
    [Id(1)] public required DateTimeOffset At { get; init; }

    /// <summary>Credits that it will still take, at most.</summary>
    [Id(2)] public required long Credits { get; init; }
}

/// <summary>The scheduled and sending campaigns of an account, in the order in which they take credits: by time, those of the same time by id. Pure.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.send-plan")]
public sealed record SendPlan : SavedRecord
{
    /// <summary>Most campaigns it holds. Of more, the latest are left out; they come in when they are looked at again nearer to their time.</summary>
    public const int MaxSends = 500;

    // Of a message: it has three parts at most.
    private const int MostCredits = 3;

    /// <summary>The campaigns, in order.</summary>
    [Id(0)] public ImmutableArray<PlannedSend> Sends { get; init; } = [];

    /// <summary>The plan with a campaign as it is now.</summary>
    public SendPlan With(PlannedSend send) => Sends.Contains(send)
        ? this
        : this with { Sends = [.. Sends.Where(known => known.CampaignId != send.CampaignId).Append(send).Order(InOrder).Take(MaxSends)] };

    /// <summary>The plan without a campaign; unless it has another time there by now, when <paramref name="at"/> is given.</summary>
    public SendPlan Without(string campaignId, DateTimeOffset? at = null) => Sends.FirstOrDefault(known => known.CampaignId == campaignId) is { } found && (at ?? found.At) == found.At
        ? this with { Sends = Sends.Remove(found) }
        : this;

    /// <summary>What takes its credits before a campaign that starts at a time; before any that is not in the plan, when <paramref name="campaignId"/> is null, come all of that time.</summary>
    public ImmutableArray<PlannedSend> Before(DateTimeOffset at, string? campaignId) =>
    [
        .. Sends.Where(send => send.CampaignId != campaignId
            && (send.At < at || send.At == at && (campaignId is null || string.CompareOrdinal(send.CampaignId, campaignId) < 0))),
    ];

    /// <summary>
    /// Credits that a campaign will still take; null when it takes no more, or is no longer to start. While it sends this is an upper bound: what was given back of messages that were not
    /// taken is not told apart from what is still to come.
    /// </summary>
    public static long? StillTakes(CampaignView? campaign) => campaign?.Status switch
    {
        CampaignStatus.Scheduled => campaign.CreditsNeeded,
        CampaignStatus.Sending => Math.Max(0, Math.Min(campaign.CreditsNeeded - campaign.CreditsUsed, campaign.Remaining * MostCredits)),
        _ => null,
    };

    private static readonly Comparer<PlannedSend> InOrder = Comparer<PlannedSend>.Create((left, right) =>
        left.At != right.At ? left.At.CompareTo(right.At) : string.CompareOrdinal(left.CampaignId, right.CampaignId));
}

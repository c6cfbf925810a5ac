namespace Connect.Campaigns;

/// <summary>Looks ahead: whether the credits of an account will cover a send at its time. Keeps nothing. Key: the account id.</summary>
[Alias("connect.campaigns.ICoverageGrain")]
public interface ICoverageGrain : IGrainWithStringKey
{
    /// <summary>
    /// What there is and will be for a send of so many credits at a time (now when null or past), behind all campaigns of the account that are sending or scheduled up to that time.
    /// What automations will use, and credits that are bought meanwhile, are not foreseen. May throw <see cref="Accounts.AccountUnavailableException"/>; repeat the call then.
    /// </summary>
    [Alias("of")] Task<CoverageView> Of(long required, DateTimeOffset? at);

    /// <summary>The same for a campaign of the account: it is not counted itself, and of campaigns with the same time those with a lower id come before it.</summary>
    [Alias("of-campaign")] Task<CoverageView> OfCampaign(string? campaignId, long required, DateTimeOffset? at);
}

/// <summary>Whether a send will be covered, as things stand.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.coverage")]
public sealed record CoverageView
{
    /// <summary>Credits that the send takes.</summary>
    [Id(0)] public required long Required { get; init; }

    /// <summary>The time it is worked out for, UTC.</summary>
    [Id(1)] public required DateTimeOffset At { get; init; }

    /// <summary>Credits available now.</summary>
    [Id(2)] public required long Available { get; init; }

    /// <summary>Of these, what will still be available at <see cref="At"/>: batches that expire at that instant or before it are left out.</summary>
    [Id(3)] public required long AvailableThen { get; init; }

    /// <summary>Credits that will be missing, what the campaigns before it lack included; 0 when it is covered. <c>Required + PromisedBefore - AvailableThen</c>, if that is positive.</summary>
    [Id(4)] public required long Shortfall { get; init; }

    /// <summary>What to buy now to cover it; null when it is covered, or when credits bought now will have expired by then.</summary>
    [Id(5)] public CreditsToBuy? Buy { get; init; }

    /// <summary>
    /// What other campaigns of the account, sending or due before it, will have taken of <see cref="AvailableThen"/>, and what they lack themselves: credits that are bought go to them first.
    /// What they take of batches that will have expired by then is not in it.
    /// </summary>
    [Id(6)] public long PromisedBefore { get; init; }

    /// <summary>Whether nothing is missing.</summary>
    public bool Covered => Shortfall == 0;
}

/// <summary>A quantity of credits to buy and what it costs.</summary>
[GenerateSerializer, Immutable, Alias("connect.campaigns.credits-to-buy")]
public sealed record CreditsToBuy
{
    /// <summary>
    /// Credits: what is missing, or the least or the most that can be bought in one go when it lies outside; more than that when a larger quantity costs less in total.
    /// </summary>
    [Id(0)] public required long Credits { get; init; }

    /// <summary>What they cost, tax included.</summary>
    [Id(1)] public required Money Total { get; init; }
}

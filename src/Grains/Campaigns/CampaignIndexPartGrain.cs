using System.Collections.Immutable;
using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;

namespace Connect.Grains.Campaigns;

/// <summary>A hundred consecutive campaigns of an account's list. Key: <c>{accountId}/{part}</c>.</summary>
[Alias("connect.campaigns.ICampaignIndexPartGrain")]
public interface ICampaignIndexPartGrain : IGrainWithStringKey
{
    /// <summary>Keeps the ids; repeating is harmless.</summary>
    [Alias("set")] Task Set(ImmutableArray<string> ids);

    /// <summary>Whether it has a campaign.</summary>
    [Alias("contains")] Task<bool> Contains(string campaignId);

    /// <summary>The ids, oldest first.</summary>
    [Alias("get")] Task<ImmutableArray<string>> Get();
}

/// <summary>See the interface.</summary>
[CollectionAgeLimit(Minutes = 3)]
public sealed class CampaignIndexPartGrain(
    [PersistentState("campaign-index-part", "grains")] IPersistentState<CampaignIndexState> state,
    TimeProvider time,
    ILogger<CampaignIndexPartGrain> logger) : Grain, ICampaignIndexPartGrain
{
    /// <inheritdoc/>
    public Task Set(ImmutableArray<string> ids) =>
        new SavedState<CampaignIndexState>(state, GrainContext.ActivationId.ToString(), time, logger).Save(new() { Newest = ids });

    /// <inheritdoc/>
    public Task<bool> Contains(string campaignId) => Task.FromResult(state.State.Newest.Contains(campaignId));

    /// <inheritdoc/>
    public Task<ImmutableArray<string>> Get() => Task.FromResult(state.State.Newest);
}

using Connect.Accounts;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Purchases;
using Orleans.Concurrency;

namespace Connect.Grains.Campaigns;

/// <summary>Asks an account what it has, and looks ahead.</summary>
[StatelessWorker, Reentrant]
public sealed class CoverageGrain(PriceList prices) : Grain, ICoverageGrain
{
    /// <inheritdoc/>
    public async Task<CoverageView> Of(long required, DateTimeOffset? at) =>
        CoverageRules.Of(required, await GrainFactory.GetGrain<IAccountGrain>(this.GetPrimaryKeyString()).GetCredits(), at, prices);
}

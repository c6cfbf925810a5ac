using Connect.Accounts;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Purchases;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Connect.Grains.Campaigns;

/// <summary>Asks an account what it has and what its other campaigns will take of it, and looks ahead.</summary>
[StatelessWorker, Reentrant]
public sealed class CoverageGrain(PriceList prices, ILogger<CoverageGrain> logger) : Grain, ICoverageGrain
{
    private string AccountId => this.GetPrimaryKeyString();

    private ISendPlanGrain Plan => GrainFactory.GetGrain<ISendPlanGrain>(AccountId);

    /// <inheritdoc/>
    public Task<CoverageView> Of(long required, DateTimeOffset? at) => OfCampaign(null, required, at);

    /// <inheritdoc/>
    public async Task<CoverageView> OfCampaign(string? campaignId, long required, DateTimeOffset? at)
    {
        var credits = await GrainFactory.GetGrain<IAccountGrain>(AccountId).GetCredits();
        var then = at > credits.AsOf ? at.Value : credits.AsOf;
        var sends = await Plan.Before(then, campaignId);
        // One whose time has come knows best what it still takes, and whether it does.
        var before = await Task.WhenAll(sends.Select(send => send.At > credits.AsOf ? Task.FromResult<PlannedSend?>(send) : AsItStands(send)));
        return CoverageRules.Of(required, credits, at, prices, before.OfType<PlannedSend>());
    }

    private async Task<PlannedSend?> AsItStands(PlannedSend send)
    {
        try
        {
            var campaign = await GrainFactory.GetGrain<ICampaignGrain>(new CampaignKey(AccountId, send.CampaignId).ToString()).Get();
            if (SendPlan.StillTakes(campaign) is { } credits)
                return send with { Credits = credits };
            await Plan.Forget(send.CampaignId, send.At);
            return null;
        }
        catch (Exception failure)
        {
            logger.LogWarning(failure, "What campaign {Campaign} of account {Account} still takes is not to be had", send.CampaignId, AccountId);
            return send;
        }
    }
}

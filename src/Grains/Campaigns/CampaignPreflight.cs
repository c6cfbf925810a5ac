using System.Collections.Immutable;
using Connect.Alerts;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;

namespace Connect.Grains.Campaigns;

/// <summary>
/// Looks ahead whether a scheduled campaign will be covered: when it is scheduled, a day and an hour before its time, and at its start. If not, the account gets an alert, which takes the place of that of the stage before;
/// once it is covered, or over, the alert goes. It never keeps a campaign from starting: whatever goes wrong here is logged, and tried again while there is time.
/// </summary>
/// <param name="key">The campaign.</param>
/// <param name="stored">What is stored of it.</param>
/// <param name="change">Stores a change.</param>
/// <param name="required">Credits that it takes.</param>
/// <param name="grains">Finds the account's grains.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Hears of what went wrong.</param>
internal sealed class CampaignPreflight(
    CampaignKey key,
    Func<CampaignState> stored,
    Func<Func<CampaignState, CampaignState>, Task> change,
    Func<long> required,
    IGrainFactory grains,
    TimeProvider time,
    ILogger logger)
{
    private readonly Turns _told = new();

    private ImmutableArray<string> AlertIds => Preflight.AlertIds(key.CampaignId, stored().Edition, stored().LookedAt);

    private ISendPlanGrain Plan => grains.GetGrain<ISendPlanGrain>(key.AccountId);

    private IAlertsGrain Alerts => grains.GetGrain<IAlertsGrain>(key.AccountId);

    /// <summary>Looks, if the stage that the campaign has come to was not looked at. False: it could not be done.</summary>
    public async Task<bool> Check()
    {
        if (stored().Draft?.ScheduledAt is not { } scheduledAt)
            return true;
        var stage = Preflight.StageAt(scheduledAt, time.GetUtcNow());
        if (stored().Preflight >= stage)
            return true;
        try
        {
            // First what the account's other campaigns are to know of this one: they ask as well.
            await Plan.Note(Planned(scheduledAt));
            var coverage = await grains.GetGrain<ICoverageGrain>(key.AccountId).OfCampaign(key.CampaignId, required(), scheduledAt);
            // That there may be an alert is known from before it is raised until it has gone, whatever dies in between; raised again it is the same one.
            if (!coverage.Covered && !stored().NotCovered)
                await change(state => state with { NotCovered = true });
            if (!coverage.Covered)
                await Alerts.Raise(Alert(stage, coverage));
            else if (stored().NotCovered)
                await Alerts.Withdraw(AlertIds);
            await change(state => state with { Preflight = stage, NotCovered = !coverage.Covered, LookedAt = state.Edition });
            return true;
        }
        catch (Exception failure)
        {
            logger.LogWarning(failure, "Whether campaign {Campaign} will be covered is not to be had", key);
            return false;
        }
    }

    /// <summary>The campaign sends from now on: the account's other campaigns are to know. Nobody waits for that, and nothing depends on it but what they foresee.</summary>
    public void Sends() => _told.Take(() => Tell(() => Plan.Note(Planned(stored().Draft!.ScheduledAt ?? time.GetUtcNow())))).Ignore();

    /// <summary>The campaign takes no credits any more.</summary>
    public Task TakesNoMore() => _told.Take(() => Tell(() => Plan.Forget(key.CampaignId, null)));

    /// <summary>The campaign is over, or waits for nobody: what was foreseen has come or not, and is told otherwise. False: the alert is still there.</summary>
    public async Task<bool> Over()
    {
        if (!stored().NotCovered)
            return true;
        try
        {
            await Alerts.Withdraw(AlertIds);
            return true;
        }
        catch (Exception failure)
        {
            logger.LogWarning(failure, "The alert of campaign {Campaign} stays until the next tick", key);
            return false;
        }
    }

    private PlannedSend Planned(DateTimeOffset at) => new() { CampaignId = key.CampaignId, At = at, Credits = required() };

    private async Task Tell(Func<Task> tell)
    {
        try
        {
            await tell();
        }
        catch (Exception failure)
        {
            logger.LogWarning(failure, "The account's other campaigns do not know how campaign {Campaign} stands until its time comes", key);
        }
    }

    private AlertToRaise Alert(PreflightStage stage, CoverageView coverage) => new()
    {
        Id = Preflight.AlertId(key.CampaignId, stage, stored().Edition),
        Kind = AlertKind.ScheduledNotCovered,
        Replaces = Preflight.AlertIdsBefore(key.CampaignId, stage, stored().Edition, stored().LookedAt),
        Facts = new()
        {
            CampaignId = key.CampaignId,
            CampaignName = stored().Draft!.Name,
            ScheduledAt = stored().Draft!.ScheduledAt,
            Recipients = stored().Total - stored().SkippedAtImport,
            Required = coverage.Required,
            Available = coverage.AvailableThen,
            Shortfall = coverage.Shortfall,
            PromisedBefore = coverage.PromisedBefore > 0 ? coverage.PromisedBefore : null,
        },
    };
}

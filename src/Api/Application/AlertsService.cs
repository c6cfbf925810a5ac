using System.Collections.Immutable;
using Connect.Alerts;
using Connect.Api.Auth;
using Connect.Api.Problems;

namespace Connect.Api.Application;

/// <summary>What an account should know.</summary>
public sealed class AlertsService(GrainCalls calls)
{
    /// <summary>The alerts that the caller may see and nobody has dismissed, newest first: those of campaigns for everybody on the account, all others with billing access.</summary>
    public async Task<Answer<AlertsBody>> List(Caller? caller, string accountId)
    {
        if (Access.Refusal(caller, accountId, Need.ReadCampaigns) is { } refusal)
            return refusal;
        var mayKnowCredits = MayKnowCredits(caller, accountId);
        return new AlertsBody([.. (await Seen(caller, accountId)).Select(alert => Body(alert, mayKnowCredits))]);
    }

    /// <summary>How many alerts the caller has to see; null when the caller may see none.</summary>
    public async Task<int?> Count(Caller? caller, string accountId) =>
        Access.Refusal(caller, accountId, Need.ReadCampaigns) is null ? (await Seen(caller, accountId)).Length : null;

    /// <summary>Somebody on the account has seen it: nobody there is shown it again. Repeating is harmless.</summary>
    public async Task<Answer<AlertsBody>> Dismiss(Caller? caller, string accountId, string alertId)
    {
        if (Access.Refusal(caller, accountId, Need.UseCampaigns) is { } refusal)
            return refusal;
        var alerts = Alerts(accountId);
        var shown = (await GrainCalls.Repeat(alerts.List)).FirstOrDefault(alert => alert.Id == alertId);
        if ((shown is not null && !MaySee(shown, MayKnowCredits(caller, accountId))) || !await GrainCalls.Repeat(() => alerts.Dismiss(alertId, caller!.UserId)))
            return Refuse.NotFound("alert");
        return await List(caller, accountId);
    }

    private IAlertsGrain Alerts(string accountId) => calls.Grains.GetGrain<IAlertsGrain>(accountId);

    private async Task<ImmutableArray<Alert>> Seen(Caller? caller, string accountId)
    {
        var mayKnowCredits = MayKnowCredits(caller, accountId);
        return [.. (await GrainCalls.Repeat(Alerts(accountId).List)).Where(alert => MaySee(alert, mayKnowCredits))];
    }

    private static bool MayKnowCredits(Caller? caller, string accountId) => Access.Refusal(caller, accountId, Need.ReadCredits) is null;

    private static bool MaySee(Alert alert, bool mayKnowCredits) => mayKnowCredits || alert.Kind is AlertKind.CampaignStopped or AlertKind.ScheduledNotCovered;

    private static AlertBody Body(Alert alert, bool mayKnowCredits) => new()
    {
        Id = alert.Id,
        Kind = alert.Kind,
        RaisedAt = alert.RaisedAt,
        Title = AlertWords.Title(alert),
        Text = AlertWords.Text(alert, mayKnowCredits),
        CampaignId = alert.Facts.CampaignId,
        Shortfall = mayKnowCredits ? alert.Facts.Shortfall : null,
    };
}

/// <summary>What an account should know, newest first.</summary>
/// <param name="Alerts">The alerts.</param>
public sealed record AlertsBody(ImmutableArray<AlertBody> Alerts);

/// <summary>One thing that an account should know.</summary>
public sealed record AlertBody
{
    /// <summary>Id within the account.</summary>
    public required string Id { get; init; }

    /// <summary>What it is about.</summary>
    public required AlertKind Kind { get; init; }

    /// <summary>When it was raised, UTC.</summary>
    public required DateTimeOffset RaisedAt { get; init; }

    /// <summary>A few words that name the matter.</summary>
    public required string Title { get; init; }

    /// <summary>What happened and what to do.</summary>
    public required string Text { get; init; }

    /// <summary>The campaign it is about, if it is about one.</summary>
    public required string? CampaignId { get; init; }

    /// <summary>Credits to buy to put it right; only for those who may see credits.</summary>
    public required long? Shortfall { get; init; }
}

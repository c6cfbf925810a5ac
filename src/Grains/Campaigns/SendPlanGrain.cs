using System.Collections.Immutable;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Connect.Grains.Campaigns;

/// <summary>
/// Which campaigns of an account are scheduled or sending, for the look ahead. Only told: a campaign that could not tell it of its end is found out when its time has come. Key: the account id.
/// Every call may be repeated.
/// </summary>
[Alias("connect.campaigns.ISendPlanGrain")]
public interface ISendPlanGrain : IGrainWithStringKey
{
    /// <summary>Notes a campaign, in the place of what was noted of it before.</summary>
    [Alias("note")] Task Note(PlannedSend send);

    /// <summary>Forgets a campaign, unless it was noted with another time than <paramref name="at"/>, when that is given.</summary>
    [Alias("forget")] Task Forget(string campaignId, DateTimeOffset? at);

    /// <summary>See <see cref="SendPlan.Before"/>.</summary>
    [Alias("before")] Task<ImmutableArray<PlannedSend>> Before(DateTimeOffset at, string? campaignId);
}

/// <summary>See the interface.</summary>
public sealed class SendPlanGrain(
    [PersistentState("send-plan", "grains")] IPersistentState<SendPlan> state, TimeProvider time, ILogger<SendPlanGrain> logger) : Grain, ISendPlanGrain
{
    private SavedState<SendPlan>? _state;

    private SavedState<SendPlan> State => _state ??= new(state, GrainContext.ActivationId.ToString(), time, logger);

    /// <inheritdoc/>
    public Task Note(PlannedSend send) => Save(State.Value.With(send));

    /// <inheritdoc/>
    public Task Forget(string campaignId, DateTimeOffset? at) => Save(State.Value.Without(campaignId, at));

    /// <inheritdoc/>
    public Task<ImmutableArray<PlannedSend>> Before(DateTimeOffset at, string? campaignId) => Task.FromResult(State.Value.Before(at, campaignId));

    private async Task Save(SendPlan next)
    {
        if (ReferenceEquals(next, State.Value))
            return;
        try
        {
            await State.Save(next);
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}

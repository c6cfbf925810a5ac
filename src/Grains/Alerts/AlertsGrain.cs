using System.Collections.Immutable;
using Connect.Alerts;
using Connect.Grains.Alerts.Engine;
using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Connect.Grains.Alerts;

/// <summary>The alerts of one account.</summary>
public sealed class AlertsGrain : Grain, IAlertsGrain
{
    private readonly SavedState<AlertsState> _state;
    private readonly TimeProvider _time;
    private readonly ILogger<AlertsGrain> _logger;

    /// <summary>Made by Orleans.</summary>
    public AlertsGrain([PersistentState("alerts", "grains")] IPersistentState<AlertsState> state, TimeProvider time, ILogger<AlertsGrain> logger)
    {
        _state = new(state, GrainContext.ActivationId.ToString(), time, logger);
        (_time, _logger) = (time, logger);
    }

    /// <inheritdoc/>
    public async Task Raise(AlertToRaise alert)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(alert.Id);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(alert.Id.Length, AlertRules.MaxId, nameof(alert));
        if (await Change(state => AlertRules.Raise(state, alert, _time.GetUtcNow())))
            _logger.LogInformation("Account {Account} is told {Alert}", this.GetPrimaryKeyString(), alert.Id);
    }

    /// <inheritdoc/>
    public async Task<bool> Dismiss(string id, string actor)
    {
        await Change(state => AlertRules.Hide(state, [id], actor, _time.GetUtcNow()));
        return _state.Value.Kept.Any(kept => kept.Alert.Id == id);
    }

    /// <inheritdoc/>
    public Task Withdraw(ImmutableArray<string> ids) => Change(state => AlertRules.Hide(state, ids.IsDefault ? [] : ids, "", _time.GetUtcNow()));

    /// <inheritdoc/>
    public Task<ImmutableArray<Alert>> List() => Task.FromResult(AlertRules.Shown(_state.Value));

    private async Task<bool> Change(Func<AlertsState, AlertsState> change)
    {
        var next = change(_state.Value);
        if (ReferenceEquals(next, _state.Value))
            return false;
        try
        {
            await _state.Save(next);
            return true;
        }
        catch
        {
            // What is stored may differ from what is held here.
            DeactivateOnIdle();
            throw;
        }
    }
}

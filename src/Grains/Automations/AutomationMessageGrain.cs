using Connect.Grains.Automations.Engine;
using Connect.Grains.Storage;
using Connect.Messaging;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Connect.Grains.Automations;

/// <summary>Keeps the end of one message: one small write, and one for each delivery report that changes something. Forgotten from memory soon after.</summary>
[CollectionAgeLimit(Minutes = 3)]
public sealed class AutomationMessageGrain : Grain, IAutomationMessageGrain
{
    private readonly string _flow;
    private readonly string _operation;
    private readonly SavedState<MessageState> _state;

    /// <summary>Made by Orleans.</summary>
    public AutomationMessageGrain([PersistentState("automation-message", "grains")] IPersistentState<MessageState> state, TimeProvider time, ILogger<AutomationMessageGrain> logger)
    {
        // Neither an account nor an operation has a slash.
        var key = this.GetPrimaryKeyString();
        var last = key.LastIndexOf('/');
        (_flow, _operation) = (key[..last], key[(last + 1)..]);
        _state = new(state, GrainContext.ActivationId.ToString(), time, logger);
    }

    /// <inheritdoc/>
    public Task<MessageState?> Get() => Task.FromResult(_state.Exists ? _state.Value : null);

    /// <inheritdoc/>
    public async Task<MessageState> Settle(MessageState ended)
    {
        var stored = _state.Value;
        // A message that was tried again has a new ticket; a settled one is never tried again.
        if (stored.Phase != MessagePhase.Settled && !(stored.Phase == MessagePhase.Released && stored.Ticket == ended.Ticket))
            await Save(ended);
        return _state.Value;
    }

    /// <inheritdoc/>
    public async Task<DeliveryMark?> Deliver(long ticket, DeliveryState state)
    {
        var stored = _state.Value;
        if (stored.LastReport?.Ticket == ticket)
            return stored.LastReport;
        if (MessageRules.Reported(stored, ticket, state) is not { } next)
            return null;
        await Save(next);
        return next.LastReport;
    }

    /// <inheritdoc/>
    public Task Report(DeliveryReport report)
    {
        var ended = _state.Value.Phase == MessagePhase.Settled;
        return ended && MessageRules.Reported(_state.Value, 0, report.State) is null
            ? Task.CompletedTask
            : GrainFactory.GetGrain<IAutomationReports>(_flow).Report(_operation, report.State, ended);
    }

    private async Task Save(MessageState state)
    {
        try
        {
            await _state.Save(state);
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }
}

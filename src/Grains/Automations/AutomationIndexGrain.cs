using System.Collections.Immutable;
using Connect.Automations;
using Connect.Grains.Automations.Engine;
using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Connect.Grains.Automations;

/// <summary>The list of an account's flows; see <see cref="IAutomationIndexGrain"/>.</summary>
public sealed class AutomationIndexGrain(
    [PersistentState("automation-index", "grains")] IPersistentState<FlowList> state, TimeProvider time, ILogger<AutomationIndexGrain> logger) : Grain, IAutomationIndexGrain
{
    private SavedState<FlowList>? _state;

    private SavedState<FlowList> State => _state ??= new(state, GrainContext.ActivationId.ToString(), time, logger);

    /// <inheritdoc/>
    public async Task<bool> Add(string flow)
    {
        var next = State.Value.With(flow);
        if (next is null || next == State.Value)
            return next is not null;
        try
        {
            await State.Save(next);
            return true;
        }
        catch
        {
            DeactivateOnIdle();
            throw;
        }
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<string>> List(string after, int limit) => Task.FromResult(State.Value.After(after, limit));
}

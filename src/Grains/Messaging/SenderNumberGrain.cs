using Connect.Grains.Storage;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace Connect.Grains.Messaging;

/// <summary>What a sender number stores.</summary>
[GenerateSerializer, Immutable, Alias("connect.messaging.sender-number-state")]
public sealed record SenderNumberState : SavedRecord
{
    /// <summary>The account it belongs to; null for none.</summary>
    [Id(0)] public string? AccountId { get; init; }
}

/// <summary>Sees to it that a sender number is one account's at most.</summary>
public sealed class SenderNumberGrain : Grain, ISenderNumberGrain
{
    private readonly SavedState<SenderNumberState> _state;

    /// <summary>Made by Orleans.</summary>
    public SenderNumberGrain([PersistentState("sender-number", "grains")] IPersistentState<SenderNumberState> state, TimeProvider time, ILogger<SenderNumberGrain> logger) =>
        _state = new(state, GrainContext.ActivationId.ToString(), time, logger);

    /// <inheritdoc/>
    public async Task<bool> Claim(string accountId)
    {
        if (_state.Value.AccountId is null)
            await Save(accountId);
        return _state.Value.AccountId == accountId;
    }

    /// <inheritdoc/>
    public Task Release(string accountId) => _state.Value.AccountId == accountId ? Save(null) : Task.CompletedTask;

    /// <inheritdoc/>
    public Task<string?> Owner() => Task.FromResult(_state.Value.AccountId);

    private async Task Save(string? accountId)
    {
        try
        {
            await _state.Save(_state.Value with { AccountId = accountId });
        }
        catch
        {
            // What is stored may differ from what is held here.
            DeactivateOnIdle();
            throw;
        }
    }
}

using Orleans.Storage;

namespace Connect.Silo.Storage;

/// <summary>
/// Keeps the state of each grain under its key as it is spelled. Orleans' ADO.NET storage takes a key that reads as a hexadecimal number or a GUID for that value,
/// so that the accounts <c>ab</c>, <c>AB</c> and <c>0ab</c> would share one row, and with it their saved cards.
/// </summary>
internal sealed class ExactKeyStorage(IGrainStorage inner) : IGrainStorage
{
    // No key begins with it, and nothing that begins with it reads as a number.
    private const char Mark = '=';

    /// <inheritdoc/>
    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ReadStateAsync(stateName, Exact(grainId), grainState);

    /// <inheritdoc/>
    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.WriteStateAsync(stateName, Exact(grainId), grainState);

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) => inner.ClearStateAsync(stateName, Exact(grainId), grainState);

    private static GrainId Exact(GrainId id) =>
        id.TryGetIntegerKey(out _, out _) || id.TryGetGuidKey(out _, out _) ? GrainId.Create(id.Type, IdSpan.Create(Mark + id.Key.ToString())) : id;
}

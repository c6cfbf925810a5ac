using System.Collections.Concurrent;
using System.Text.Json;
using Orleans.Runtime;
using Orleans.Storage;

namespace Connect.Grains.Tests.Purchases;

/// <summary>Grain storage that outlives its silo, keeps states as the JSON that the real one writes, and fails as it is told to.</summary>
internal sealed class JsonStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, string Grain), (string Json, string ETag)> _rows = new();
    private int _version;

    /// <summary>Writes of these states that are left to fail, after they were stored.</summary>
    public ConcurrentDictionary<string, int> FailAfterStoring { get; } = new();

    /// <summary>Told of each write: state name and JSON.</summary>
    public Action<string, string>? Written { get; set; }

    /// <summary>Puts a grain's state back to an earlier JSON, as if nothing later had been saved. The grain must not be active.</summary>
    public void Restore(string state, string key, string json)
    {
        var row = _rows.Keys.Single(row => row.State == state && row.Grain.EndsWith(key, StringComparison.Ordinal));
        _rows[row] = (json, Interlocked.Increment(ref _version).ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    public bool Holds(string state, string key) => _rows.Keys.Any(row => row.State == state && row.Grain.EndsWith(key, StringComparison.Ordinal));

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_rows.TryGetValue((stateName, grainId.ToString()), out var row))
            (grainState.State, grainState.ETag, grainState.RecordExists) = (JsonSerializer.Deserialize<T>(row.Json)!, row.ETag, true);
        return Task.CompletedTask;
    }

    public Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var key = (stateName, grainId.ToString());
        if ((_rows.TryGetValue(key, out var row) ? row.ETag : null) != grainState.ETag) throw new InconsistentStateException("Another activation wrote.");

        var json = JsonSerializer.Serialize(grainState.State);
        var etag = Interlocked.Increment(ref _version).ToString(System.Globalization.CultureInfo.InvariantCulture);
        _rows[key] = (json, etag);
        Written?.Invoke(stateName, json);
        if (FailAfterStoring.TryGetValue(stateName, out var left) && left > 0)
        {
            FailAfterStoring[stateName] = left - 1;
            throw new IOException("The answer of the store was lost.");
        }

        (grainState.ETag, grainState.RecordExists) = (etag, true);
        return Task.CompletedTask;
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove((stateName, grainId.ToString()), out _);
        (grainState.ETag, grainState.RecordExists) = (null!, false);
        grainState.State = Activator.CreateInstance<T>();
        return Task.CompletedTask;
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Connect.Grains.Storage;
using Orleans.Runtime;
using Orleans.Storage;

namespace Connect.Grains.Tests.Campaigns;

/// <summary>Grain storage that outlives silos: JSON texts with etags, as a database would keep them. It can fail before or after it has written.</summary>
public sealed class TestStorage : IGrainStorage
{
    private readonly ConcurrentDictionary<(string State, string Grain), (string Json, string ETag)> _rows = new();
    private readonly ConcurrentDictionary<(string State, string Grain), int> _counts = new();
    private int _writes;

    /// <summary>Called before each write with the state's name and what would be stored; throws to fail it.</summary>
    public Action<string, object?>? BeforeWrite { get; set; }

    /// <summary>Called after each write with the state's name; throws to lose its answer.</summary>
    public Action<string, object?>? AfterWrite { get; set; }

    /// <summary>
    /// Whether the activation that writes this state ends with it, as in a crash: it is stored as if another activation had written it, so the one that did can not go on.
    /// </summary>
    public Func<string, object?, bool>? EndsWith { get; set; }

    /// <summary>The front of the keys of the grains whose writes are told to the functions above; null for all.</summary>
    public string? Only { get; set; }

    /// <summary>Stores a text as an earlier version might have left it, for a grain that is not in memory.</summary>
    public void Put(string stateName, GrainId grainId, string json) => _rows[(stateName, grainId.ToString())] = (json, "old");

    /// <summary>
    /// Whether the process of the activation that writes this state dies before it is written: what was stored stays, as if another activation had written it once more.
    /// </summary>
    public Func<string, object?, bool>? DiesBefore { get; set; }

    public Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (_rows.TryGetValue((stateName, grainId.ToString()), out var row))
            (grainState.State, grainState.ETag, grainState.RecordExists) = (JsonSerializer.Deserialize<T>(row.Json)!, row.ETag, true);
        else
            (grainState.State, grainState.ETag, grainState.RecordExists) = (Activator.CreateInstance<T>(), null!, false);
        return Task.CompletedTask;
    }

    /// <summary>Waited for before each write with the state's name and what would be stored.</summary>
    public Func<string, object?, Task>? Hold { get; set; }

    /// <summary>How often each state was written.</summary>
    public int Writes(string stateName, string grain) => _counts.GetValueOrDefault((stateName, grain));

    /// <summary>What is stored under a grain's key, or null.</summary>
    public T? Stored<T>(string stateName, string grain) =>
        _rows.FirstOrDefault(row => row.Key.State == stateName && row.Key.Grain.EndsWith("/" + grain, StringComparison.Ordinal)).Value.Json is { } json
            ? JsonSerializer.Deserialize<T>(json)
            : default;

    /// <summary>Changes the JSON that is stored under a grain's key, as if it had been written so. The grain must not be active.</summary>
    public void Rewrite(string stateName, string grain, Func<string, string> change)
    {
        var (key, row) = _rows.Single(row => row.Key.State == stateName && row.Key.Grain.EndsWith("/" + grain, StringComparison.Ordinal));
        _rows[key] = (change(row.Json), row.ETag);
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (Hold is { } hold)
            await hold(stateName, grainState.State);
        _counts.AddOrUpdate((stateName, grainId.Key.ToString()!), 1, (_, count) => count + 1);
        var told = Only is null || grainId.Key.ToString()!.StartsWith(Only, StringComparison.Ordinal);
        if (told)
            BeforeWrite?.Invoke(stateName, grainState.State);
        var key = (stateName, grainId.ToString());
        var etag = Interlocked.Increment(ref _writes).ToString(CultureInfo.InvariantCulture);
        if (told && grainState.State is SavedRecord && DiesBefore?.Invoke(stateName, grainState.State) == true && _rows.TryGetValue(key, out var kept))
        {
            var stored = (SavedRecord)(object)JsonSerializer.Deserialize<T>(kept.Json)!;
            _rows[key] = (JsonSerializer.Serialize((T)(object)(stored with { Revision = stored.Revision + 1, Writer = "another" })), etag);
            throw new IOException("The process died.");
        }

        var row = (JsonSerializer.Serialize(grainState.State), etag);
        var written = grainState.ETag is null
            ? _rows.TryAdd(key, row)
            : _rows.TryGetValue(key, out var old) && old.ETag == grainState.ETag && _rows.TryUpdate(key, row, old);
        if (!written)
            throw new InconsistentStateException($"{stateName} of {grainId}: another has written.");
        (grainState.ETag, grainState.RecordExists) = (etag, true);
        if (!told)
            return;
        AfterWrite?.Invoke(stateName, grainState.State);
        if (EndsWith?.Invoke(stateName, grainState.State) == true)
        {
            _rows[key] = (JsonSerializer.Serialize((T)(object)((SavedRecord)(object)grainState.State! with { Writer = "another" })), etag);
            throw new IOException("The answer is lost.");
        }
    }

    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        _rows.TryRemove((stateName, grainId.ToString()), out _);
        (grainState.ETag, grainState.RecordExists) = (null!, false);
        return Task.CompletedTask;
    }
}

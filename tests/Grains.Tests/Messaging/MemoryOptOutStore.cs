using System.Collections.Immutable;
using Connect.Grains.Messaging;
using Connect.Messaging;

namespace Connect.Grains.Tests.Messaging;

/// <summary>Opt-outs that outlive silos.</summary>
public sealed class MemoryOptOutStore : IOptOutStore
{
    private readonly Lock _gate = new();
    private readonly Dictionary<(string List, ulong Number), OptOutView> _rows = [];

    /// <summary>Called before each look-up; throws to fail it.</summary>
    public Action? BeforeWhich { get; set; }

    public Task Add(string list, IReadOnlyCollection<ulong> numbers, DateTimeOffset at, OptOutSource source, string actor, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var number in numbers)
                _rows.TryAdd((list, number), new() { Number = number, At = at, Source = source, Actor = actor });
        }

        return Task.CompletedTask;
    }

    public Task Remove(string list, IReadOnlyCollection<ulong> numbers, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            foreach (var number in numbers)
                _rows.Remove((list, number));
        }

        return Task.CompletedTask;
    }

    public Task<ImmutableArray<ulong>> Which(string list, IReadOnlyCollection<ulong> numbers, CancellationToken cancellationToken)
    {
        BeforeWhich?.Invoke();
        lock (_gate)
            return Task.FromResult(numbers.Distinct().Where(number => _rows.ContainsKey((list, number)) || _rows.ContainsKey((IOptOutsGrain.Everybody, number))).Order().ToImmutableArray());
    }

    public Task<ImmutableArray<OptOutView>> Read(string list, ulong after, int limit, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult(_rows.Where(row => row.Key.List == list && row.Key.Number > after).Select(row => row.Value).OrderBy(found => found.Number).Take(limit).ToImmutableArray());
    }

    public Task<long> Count(string list, CancellationToken cancellationToken)
    {
        lock (_gate)
            return Task.FromResult((long)_rows.Keys.Count(key => key.List == list));
    }
}

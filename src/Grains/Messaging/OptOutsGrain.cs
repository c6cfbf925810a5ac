using System.Collections.Immutable;
using Connect.Messaging;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;

namespace Connect.Grains.Messaging;

/// <summary>Reads and writes one list of opt-outs where it is stored; holds nothing, so every silo answers for itself.</summary>
[StatelessWorker, Reentrant]
public sealed class OptOutsGrain(IOptOutStore store, TimeProvider time, ILogger<OptOutsGrain> logger) : Grain, IOptOutsGrain
{
    private string Name => this.GetPrimaryKeyString();

    /// <inheritdoc/>
    public async Task Add(ImmutableArray<ulong> numbers, OptOutSource source, string actor)
    {
        var some = Checked(numbers);
        if (some.IsEmpty)
            return;
        await store.Add(Name, some, time.GetUtcNow(), source, actor, CancellationToken.None);
        logger.LogInformation("{Count} opted out of {List} by {Source} {Actor}, the first {Number}", some.Length, Name, source, actor, MaskedNumber.Of(some[0]));
    }

    /// <inheritdoc/>
    public async Task Remove(ImmutableArray<ulong> numbers, string actor)
    {
        var some = Checked(numbers);
        if (some.IsEmpty)
            return;
        await store.Remove(Name, some, CancellationToken.None);
        logger.LogInformation("{Count} no longer opted out of {List}, by {Actor}, the first {Number}", some.Length, Name, actor, MaskedNumber.Of(some[0]));
    }

    /// <inheritdoc/>
    public Task<ImmutableArray<ulong>> Which(ImmutableArray<ulong> numbers)
    {
        var some = Checked(numbers);
        return some.IsEmpty ? Task.FromResult(some) : store.Which(Name, some, CancellationToken.None);
    }

    /// <inheritdoc/>
    public async Task<OptOutsPage> List(ulong after, int limit)
    {
        var most = Math.Clamp(limit, 1, IOptOutsGrain.MaxNumbers);
        var found = await store.Read(Name, after, most + 1, CancellationToken.None);
        return found.Length <= most
            ? new() { OptOuts = found }
            : new() { OptOuts = found[..most], NextCursor = found[most - 1].Number };
    }

    /// <inheritdoc/>
    public async Task<OptOutView?> Find(ulong number) =>
        number == 0 ? null : (await store.Read(Name, number - 1, 1, CancellationToken.None)).FirstOrDefault(found => found.Number == number);

    /// <inheritdoc/>
    public Task<long> Count() => store.Count(Name, CancellationToken.None);

    private static ImmutableArray<ulong> Checked(ImmutableArray<ulong> numbers)
    {
        if (numbers.IsDefault)
            return [];
        ArgumentOutOfRangeException.ThrowIfGreaterThan(numbers.Length, IOptOutsGrain.MaxNumbers, nameof(numbers));
        return numbers;
    }
}

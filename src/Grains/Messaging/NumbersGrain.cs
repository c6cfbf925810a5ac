using System.Collections.Immutable;
using Connect.Messaging;
using Orleans.Concurrency;

namespace Connect.Grains.Messaging;

/// <summary>Reads phone numbers for callers that have no numbering plans of their own.</summary>
[StatelessWorker, Reentrant]
public sealed class NumbersGrain : Grain, INumbersGrain
{
    /// <inheritdoc/>
    public Task<ImmutableArray<ulong>> Read(string country, ImmutableArray<string> given)
    {
        var numbers = new MobileNumbers(country);
        return Task.FromResult(given.IsDefault ? [] : given.Select(number => numbers.Normalize(number) ?? 0).ToImmutableArray());
    }
}

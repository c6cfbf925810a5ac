using System.Collections.Immutable;
using Connect.Messaging;

namespace Connect.Grains.Messaging;

/// <summary>
/// Where opt-outs are kept: rows in the program's database, so that any number of them costs no memory. Numbers are E.164 as integers.
/// A list is named by an account id, or by <see cref="IOptOutsGrain.Everybody"/>. An implementation is safe for concurrent use.
/// </summary>
public interface IOptOutStore
{
    /// <summary>Adds numbers to a list in one transaction; one that is there stays as it is. Returns when it is durable.</summary>
    Task Add(string list, IReadOnlyCollection<ulong> numbers, DateTimeOffset at, OptOutSource source, string actor, CancellationToken cancellationToken);

    /// <summary>Takes numbers off a list in one transaction; returns when it is durable.</summary>
    Task Remove(string list, IReadOnlyCollection<ulong> numbers, CancellationToken cancellationToken);

    /// <summary>Those of the numbers that stand on a list or on that of everybody: each once, rising.</summary>
    Task<ImmutableArray<ulong>> Which(string list, IReadOnlyCollection<ulong> numbers, CancellationToken cancellationToken);

    /// <summary>A list from above a number on, rising, at most so many.</summary>
    Task<ImmutableArray<OptOutView>> Read(string list, ulong after, int limit, CancellationToken cancellationToken);

    /// <summary>How many numbers stand on a list.</summary>
    Task<long> Count(string list, CancellationToken cancellationToken);
}

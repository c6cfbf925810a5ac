using System.Collections.Immutable;

namespace Connect.Messaging;

/// <summary>
/// The numbers that want no messages of an account. Key: the account id, or <see cref="Everybody"/> for those that want none of anybody.
/// Numbers are E.164 as integers (country code and national number). Every call may be repeated.
/// </summary>
[Alias("connect.messaging.IOptOutsGrain")]
public interface IOptOutsGrain : IGrainWithStringKey
{
    /// <summary>The key of the list that holds for all accounts. Only a reply to a shared sender number adds to it.</summary>
    const string Everybody = "*";

    /// <summary>Most numbers in one call.</summary>
    const int MaxNumbers = 1_000;

    /// <summary>Opts numbers out, at most <see cref="MaxNumbers"/>; returns when it is durable. One that is on the list already stays as it was noted first.</summary>
    [Alias("add")] Task Add(ImmutableArray<ulong> numbers, OptOutSource source, string actor);

    /// <summary>Takes numbers off this list, at most <see cref="MaxNumbers"/>; returns when it is durable. What the list of everybody says stands.</summary>
    [Alias("remove")] Task Remove(ImmutableArray<ulong> numbers, string actor);

    /// <summary>Which of these numbers, at most <see cref="MaxNumbers"/>, must not be sent to: those on this list or on that of everybody. Each once, in rising order.</summary>
    [Alias("which")] Task<ImmutableArray<ulong>> Which(ImmutableArray<ulong> numbers);

    /// <summary>This list in rising order of the numbers, from above <paramref name="after"/> on (0 for the beginning), at most <see cref="MaxNumbers"/>.</summary>
    [Alias("list")] Task<OptOutsPage> List(ulong after, int limit);

    /// <summary>What this list says about one number, or null.</summary>
    [Alias("find")] Task<OptOutView?> Find(ulong number);

    /// <summary>How many numbers this list has.</summary>
    [Alias("count")] Task<long> Count();
}

/// <summary>How a number came to be opted out.</summary>
public enum OptOutSource
{
    /// <summary>The person replied with a keyword such as STOP.</summary>
    Reply,

    /// <summary>Somebody on the account entered it.</summary>
    Person,
}

/// <summary>A number that wants no messages.</summary>
[GenerateSerializer, Immutable, Alias("connect.messaging.opt-out")]
public sealed record OptOutView
{
    /// <summary>E.164 as an integer.</summary>
    [Id(0)] public required ulong Number { get; init; }

    /// <summary>When it was first noted, UTC.</summary>
    [Id(1)] public required DateTimeOffset At { get; init; }

    /// <summary>How it came here.</summary>
    [Id(2)] public required OptOutSource Source { get; init; }

    /// <summary>Who noted it: a person's id, or the keyword of a reply.</summary>
    [Id(3)] public required string Actor { get; init; }
}

/// <summary>A slice of a list of opt-outs.</summary>
[GenerateSerializer, Immutable, Alias("connect.messaging.opt-outs-page")]
public sealed record OptOutsPage
{
    /// <summary>The numbers, rising.</summary>
    [Id(0)] public required ImmutableArray<OptOutView> OptOuts { get; init; }

    /// <summary>Pass as <c>after</c> to go on; null at the end.</summary>
    [Id(1)] public ulong? NextCursor { get; init; }
}

using System.Collections.Immutable;
using Connect.Purchases;

namespace Connect.Grains.Purchases;

/// <summary>What storage holds of an account's cards.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.cards-state")]
public sealed record CardsState
{
    /// <summary>Stripe's customer; null until a card was first asked for.</summary>
    [Id(0)] public string? CustomerId { get; init; }

    /// <summary>The saved cards, the default one first.</summary>
    [Id(1)] public ImmutableArray<SavedCard> Cards { get; init; } = [];

    /// <summary>Which key creates the customer, from 1; grows when Stripe keeps an error as the key's answer.</summary>
    [Id(2)] public int CustomerNumber { get; init; } = 1;

    /// <summary>Cards made the default so far, so that each time is an operation of its own.</summary>
    [Id(3)] public long Changes { get; init; }

    /// <summary>The operation by which auto top-up is still to be armed again; null when it was.</summary>
    [Id(4)] public string? PendingResume { get; init; }

    /// <summary>Ids of the cards that were removed last, the latest first: a late word of Stripe that such a card was added brings it back no more.</summary>
    [Id(5)] public ImmutableArray<string> Removed { get; init; } = [];

    /// <summary>When the card was made the default that <see cref="PendingResume"/> is about, UTC.</summary>
    [Id(6)] public DateTimeOffset? PendingSince { get; init; }

    /// <summary>When the default card was made that, or changed, by its owner, UTC; null when it came to that because another was removed.</summary>
    [Id(7)] public DateTimeOffset? DefaultSince { get; init; }
}

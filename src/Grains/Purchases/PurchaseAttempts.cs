using System.Collections.Immutable;

namespace Connect.Grains.Purchases;

/// <summary>What storage holds of an account's latest purchases.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.purchase-attempts")]
public sealed record PurchaseAttempts
{
    /// <summary>Their ids, newest first.</summary>
    [Id(0)] public ImmutableArray<string> Ids { get; init; } = [];
}

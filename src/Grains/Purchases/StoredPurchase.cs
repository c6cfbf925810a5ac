using Connect.Grains.Purchases.Engine;

namespace Connect.Grains.Purchases;

/// <summary>What storage holds of a purchase. The state itself is immutable, so a write never sees it half changed.</summary>
[GenerateSerializer, Alias("connect.purchases.stored")]
public sealed record StoredPurchase
{
    /// <summary>The purchase or quote; null when there is none.</summary>
    [Id(0)] public PurchaseState? Current { get; init; }
}

using Connect.Grains.Purchases.Engine;

namespace Connect.Grains.Purchases;

/// <summary>What storage holds of the money of a purchase that goes back. The state itself is immutable, so a write never sees it half changed.</summary>
[GenerateSerializer, Alias("connect.purchases.stored-money-back")]
public sealed record StoredMoneyBack
{
    /// <summary>The state; null while nothing ever went back.</summary>
    [Id(0)] public MoneyBackState? Current { get; init; }
}

using Connect.Purchases;

namespace Connect.Grains.Purchases;

/// <summary>What storage holds of an event of Stripe.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.stored-stripe-event")]
public sealed record StoredStripeEvent
{
    /// <summary>The event; null when it never came.</summary>
    [Id(0)] public StripeEventView? Current { get; init; }
}

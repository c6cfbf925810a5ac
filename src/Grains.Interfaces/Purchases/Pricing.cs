using System.Collections.Immutable;

namespace Connect.Purchases;

/// <summary>One step of the volume price: from so many credits in one go, every credit of the purchase costs this.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.tier")]
public sealed record PriceTier
{
    /// <summary>Smallest quantity of the tier.</summary>
    [Id(0)] public required long FromCredits { get; init; }

    /// <summary>Price of one credit in major currency units before tax, such as 0.089.</summary>
    [Id(1)] public required decimal UnitPrice { get; init; }
}

/// <summary>A price worked out for a quantity.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.price")]
public sealed record Price
{
    /// <summary>Credits priced.</summary>
    [Id(0)] public required long Credits { get; init; }

    /// <summary>Price of one credit in major units before tax.</summary>
    [Id(1)] public required decimal UnitPrice { get; init; }

    /// <summary>Before tax.</summary>
    [Id(2)] public required Money Subtotal { get; init; }

    /// <summary>GST.</summary>
    [Id(3)] public required Money Tax { get; init; }

    /// <summary>What is charged.</summary>
    [Id(4)] public required Money Total { get; init; }

    /// <summary>A larger quantity that costs less in total, if there is one.</summary>
    [Id(5)] public Nudge? Nudge { get; init; }
}

/// <summary>"More credits would cost less": the larger quantity and its total.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.nudge")]
public sealed record Nudge
{
    /// <summary>The larger quantity.</summary>
    [Id(0)] public required long Credits { get; init; }

    /// <summary>Its total, tax included; less than the total of the quantity asked for.</summary>
    [Id(1)] public required Money Total { get; init; }
}

/// <summary>The price list that is in force.</summary>
[GenerateSerializer, Immutable, Alias("connect.purchases.price-list")]
public sealed record PriceListView
{
    /// <summary>ISO 4217 code.</summary>
    [Id(0)] public required string Currency { get; init; }

    /// <summary>Tax as a fraction, 0.1 for 10 %.</summary>
    [Id(1)] public required decimal TaxRate { get; init; }

    /// <summary>Smallest purchase in credits.</summary>
    [Id(2)] public required long MinCredits { get; init; }

    /// <summary>Largest purchase in credits.</summary>
    [Id(3)] public required long MaxCredits { get; init; }

    /// <summary>The tiers by rising quantity.</summary>
    [Id(4)] public required ImmutableArray<PriceTier> Tiers { get; init; }
}

/// <summary>Prices, as the silo's configuration has them. Key: 0.</summary>
[Alias("connect.purchases.IPricingGrain")]
public interface IPricingGrain : IGrainWithIntegerKey
{
    /// <summary>The price list.</summary>
    [Alias("get")] Task<PriceListView> Get();

    /// <summary>The price of a quantity, or null when it is outside the list's bounds.</summary>
    [Alias("price")] Task<Price?> Price(long credits);
}

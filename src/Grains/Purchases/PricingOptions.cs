namespace Connect.Grains.Purchases;

/// <summary>The price list as configured, section <c>Pricing</c>. Checked at start by <see cref="PriceList.Check"/>.</summary>
public sealed class PricingOptions
{
    /// <summary>Name of the configuration section.</summary>
    public const string Section = "Pricing";

    /// <summary>ISO 4217 code of a currency with two decimals, capitals.</summary>
    public string Currency { get; set; } = "AUD";

    /// <summary>Tax as a fraction of the price before tax: 0.1 is Australia's GST. 0 to below 1.</summary>
    public decimal TaxRate { get; set; } = 0.1m;

    /// <summary>Smallest purchase in credits.</summary>
    public long MinCredits { get; set; } = 100;

    /// <summary>Largest purchase in credits.</summary>
    public long MaxCredits { get; set; } = 1_000_000;

    /// <summary>The tiers by rising quantity; empty for the built-in list (<see cref="PriceList.DefaultTiers"/>).</summary>
    public IList<PricingTierOptions> Tiers { get; } = [];
}

/// <summary>One configured tier.</summary>
public sealed class PricingTierOptions
{
    /// <summary>Smallest quantity of the tier, in credits.</summary>
    public long FromCredits { get; set; }

    /// <summary>Price of one credit in major units before tax.</summary>
    public decimal UnitPrice { get; set; }
}

using System.Collections.Immutable;
using System.Globalization;
using Connect.Accounts;
using Connect.Purchases;

namespace Connect.Grains.Purchases;

/// <summary>
/// What credits cost: the tier that a quantity falls in sets the price of every credit of the purchase. Pure.
/// Money is rounded once, at the total (half a cent goes up); the tax is the tax share of that total and the subtotal is the rest, so the three always add up.
/// </summary>
public sealed class PriceList
{
    /// <summary>Smallest charge that Stripe takes in Australian dollars, minor units.</summary>
    public const long MinTotal = 50;

    /// <summary>Largest charge that Stripe takes, minor units.</summary>
    public const long MaxTotal = 99_999_999;

    /// <summary>The tiers when none are configured.</summary>
    public static readonly ImmutableArray<PriceTier> DefaultTiers =
    [
        new() { FromCredits = 100, UnitPrice = 0.095m },
        new() { FromCredits = 1_000, UnitPrice = 0.089m },
        new() { FromCredits = 5_000, UnitPrice = 0.079m },
        new() { FromCredits = 10_000, UnitPrice = 0.072m },
        new() { FromCredits = 50_000, UnitPrice = 0.065m },
        new() { FromCredits = 250_000, UnitPrice = 0.058m },
    ];

    // Unit prices are in major units; these have a hundred minor ones.
    private static readonly ImmutableArray<string> s_currencies = ["AUD", "CAD", "EUR", "GBP", "NZD", "SGD", "USD"];

    /// <summary>Makes the list that the options describe; throws with every finding of <see cref="Check"/> when they are unusable.</summary>
    public PriceList(PricingOptions options)
    {
        var findings = Check(options);
        if (!findings.IsEmpty) throw new ArgumentException(string.Join(" ", findings), nameof(options));

        View = ViewOf(options);
    }

    /// <summary>The list as it is shown.</summary>
    public PriceListView View { get; }

    /// <summary>The price of a quantity, or null when it is outside the list's bounds.</summary>
    public Price? Price(long credits)
    {
        if (credits < View.MinCredits || credits > View.MaxCredits) return null;

        var tier = View.Tiers.Last(t => t.FromCredits <= credits);
        var total = TotalOf(View, tier, credits);
        var tax = Round(total * View.TaxRate / (1 + View.TaxRate));
        return new Price
        {
            Credits = credits,
            UnitPrice = tier.UnitPrice,
            Subtotal = InCurrency(total - tax),
            Tax = InCurrency(tax),
            Total = InCurrency(total),
            Nudge = NudgeFor(credits, total),
        };
    }

    /// <summary>Everything that is wrong with the options, in sentences an operator can act on; empty when they can be used.</summary>
    public static ImmutableArray<string> Check(PricingOptions options)
    {
        var list = ViewOf(options);
        var findings = ImmutableArray.CreateBuilder<string>();

        if (!s_currencies.Contains(list.Currency)) findings.Add($"Pricing:Currency '{list.Currency}' is not one of {string.Join(", ", s_currencies)}.");
        if (list.TaxRate is < 0 or >= 1) findings.Add(Invariant($"Pricing:TaxRate {list.TaxRate} is not a fraction from 0 to below 1."));
        if (list.MinCredits < 1) findings.Add(Invariant($"Pricing:MinCredits {list.MinCredits} is below 1."));
        if (list.MaxCredits < list.MinCredits) findings.Add(Invariant($"Pricing:MaxCredits {list.MaxCredits} is below MinCredits {list.MinCredits}."));
        if (list.MaxCredits > AccountLimits.MaxCredits) findings.Add(Invariant($"Pricing:MaxCredits {list.MaxCredits} is above {AccountLimits.MaxCredits}."));
        if (list.Tiers[0].FromCredits > list.MinCredits) findings.Add(Invariant($"Pricing:Tiers start at {list.Tiers[0].FromCredits}, above MinCredits {list.MinCredits}."));

        for (var i = 0; i < list.Tiers.Length; i++)
        {
            var tier = list.Tiers[i];
            if (tier.FromCredits < 1) findings.Add(Invariant($"Pricing:Tiers:{i} FromCredits {tier.FromCredits} is below 1."));
            if (tier.UnitPrice is <= 0 or > 1_000) findings.Add(Invariant($"Pricing:Tiers:{i} UnitPrice {tier.UnitPrice} is not above 0 and at most 1000."));
            if (i == 0) continue;

            var before = list.Tiers[i - 1];
            if (tier.FromCredits <= before.FromCredits) findings.Add(Invariant($"Pricing:Tiers:{i} FromCredits {tier.FromCredits} is not above {before.FromCredits} of the tier before."));
            if (tier.UnitPrice >= before.UnitPrice) findings.Add(Invariant($"Pricing:Tiers:{i} UnitPrice {tier.UnitPrice} is not below {before.UnitPrice} of the tier before."));
        }

        if (findings.Count == 0) CheckTotals(list, findings);
        return findings.ToImmutable();
    }

    // Within a tier the total grows with the quantity, so its ends are its extremes.
    private static void CheckTotals(PriceListView list, ImmutableArray<string>.Builder findings)
    {
        for (var i = 0; i < list.Tiers.Length; i++)
        {
            var lowest = Math.Max(list.Tiers[i].FromCredits, list.MinCredits);
            var highest = Math.Min(i + 1 < list.Tiers.Length ? list.Tiers[i + 1].FromCredits - 1 : list.MaxCredits, list.MaxCredits);
            if (lowest > highest) continue;

            var least = TotalOf(list, list.Tiers[i], lowest);
            var most = TotalOf(list, list.Tiers[i], highest);
            if (least < MinTotal) findings.Add(Invariant($"{lowest} credits cost {least} minor units, below the least charge of {MinTotal}."));
            if (most > MaxTotal) findings.Add(Invariant($"{highest} credits cost {most} minor units, above the largest charge of {MaxTotal}."));
        }
    }

    private Nudge? NudgeFor(long credits, long total) =>
        View.Tiers
            .Where(tier => tier.FromCredits > credits && tier.FromCredits <= View.MaxCredits)
            .Select(tier => new Nudge { Credits = tier.FromCredits, Total = InCurrency(TotalOf(View, tier, tier.FromCredits)) })
            .FirstOrDefault(nudge => nudge.Total.Amount < total);

    private Money InCurrency(long amount) => new() { Amount = amount, Currency = View.Currency };

    private static long TotalOf(PriceListView list, PriceTier tier, long credits) => Round(credits * tier.UnitPrice * (1 + list.TaxRate) * 100);

    private static long Round(decimal minorUnits) => (long)Math.Round(minorUnits, MidpointRounding.AwayFromZero);

    private static PriceListView ViewOf(PricingOptions options) => new()
    {
        Currency = options.Currency,
        TaxRate = options.TaxRate,
        MinCredits = options.MinCredits,
        MaxCredits = options.MaxCredits,
        Tiers = options.Tiers.Count == 0 ? DefaultTiers : [.. options.Tiers.Select(t => new PriceTier { FromCredits = t.FromCredits, UnitPrice = t.UnitPrice })],
    };

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

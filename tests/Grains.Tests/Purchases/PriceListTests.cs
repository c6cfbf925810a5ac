using Connect.Grains.Purchases;
using Connect.Purchases;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Connect.Grains.Tests.Purchases;

public sealed class PriceListTests
{
    private static readonly PriceList s_default = new(new PricingOptions());

    [Theory]
    [InlineData(100, "0.095", 950, 95, 1_045)]
    [InlineData(999, "0.095", 9_491, 949, 10_440)]
    [InlineData(1_000, "0.089", 8_900, 890, 9_790)]
    [InlineData(4_999, "0.089", 44_491, 4_449, 48_940)]
    [InlineData(5_000, "0.079", 39_500, 3_950, 43_450)]
    [InlineData(250_000, "0.058", 1_450_000, 145_000, 1_595_000)]
    [InlineData(1_000_000, "0.058", 5_800_000, 580_000, 6_380_000)]
    public void The_tier_of_the_quantity_prices_every_credit(long credits, string unit, long subtotal, long tax, long total)
    {
        var price = s_default.Price(credits)!;

        Assert.Equal(credits, price.Credits);
        Assert.Equal(decimal.Parse(unit, System.Globalization.CultureInfo.InvariantCulture), price.UnitPrice);
        Assert.Equal(Money.Aud(subtotal), price.Subtotal);
        Assert.Equal(Money.Aud(tax), price.Tax);
        Assert.Equal(Money.Aud(total), price.Total);
    }

    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(99)]
    [InlineData(1_000_001)]
    [InlineData(long.MaxValue)]
    public void A_quantity_outside_the_bounds_has_no_price(long credits) => Assert.Null(s_default.Price(credits));

    [Fact]
    public void Half_a_cent_goes_up_once_at_the_total()
    {
        var list = new PriceList(Options(0.1m, (100, 0.0135m)));

        var price = list.Price(101)!;   // 101 x 1.35 cents x 1.1 = 149.985 cents.

        Assert.Equal(Money.Aud(150), price.Total);
        Assert.Equal(Money.Aud(14), price.Tax);
        Assert.Equal(Money.Aud(136), price.Subtotal);
    }

    [Fact]
    public void Subtotal_and_tax_always_make_the_total()
    {
        for (var credits = 100L; credits <= 300_000; credits += 37)
        {
            var price = s_default.Price(credits)!;
            Assert.Equal(price.Total.Amount, price.Subtotal.Amount + price.Tax.Amount);
            Assert.InRange(price.Tax.Amount * 11 - price.Total.Amount, -5, 5);
        }
    }

    [Fact]
    public void The_nudge_is_the_next_tier_that_costs_less_in_total()
    {
        Assert.Null(s_default.Price(936)!.Nudge);
        Assert.Equal(new Nudge { Credits = 1_000, Total = Money.Aud(9_790) }, s_default.Price(937)!.Nudge);
        Assert.Null(s_default.Price(1_000)!.Nudge);
        Assert.Equal(new Nudge { Credits = 5_000, Total = Money.Aud(43_450) }, s_default.Price(4_999)!.Nudge);
    }

    [Fact]
    public void The_nudge_skips_a_tier_that_does_not_cost_less()
    {
        var list = new PriceList(Options(0m, (100, 1.00m), (200, 0.99m), (210, 0.50m)));
        Assert.Equal(new Nudge { Credits = 210, Total = Money.Aud(10_500) }, list.Price(190)!.Nudge);
    }

    [Fact]
    public void The_nudge_never_leaves_the_bounds()
    {
        var options = Options(0m, (100, 1.00m), (200, 0.10m));
        options.MaxCredits = 199;
        Assert.Null(new PriceList(options).Price(199)!.Nudge);
    }

    [Fact]
    public void The_built_in_list_has_at_least_five_tiers_and_no_findings()
    {
        Assert.True(s_default.View.Tiers.Length >= 5);
        Assert.Empty(PriceList.Check(new PricingOptions()));
    }

    [Theory]
    [InlineData("Pricing:Currency", "JPY", "Pricing:Currency 'JPY'")]
    [InlineData("Pricing:TaxRate", "1", "Pricing:TaxRate 1")]
    [InlineData("Pricing:TaxRate", "-0.1", "Pricing:TaxRate -0.1")]
    [InlineData("Pricing:MinCredits", "0", "Pricing:MinCredits 0")]
    [InlineData("Pricing:MinCredits", "50", "start at 100, above MinCredits 50")]
    [InlineData("Pricing:MaxCredits", "99", "below MinCredits 100")]
    [InlineData("Pricing:MaxCredits", "1000000001", "above 1000000000")]
    [InlineData("Pricing:Tiers:1:FromCredits", "100", "FromCredits 100 is not above 100")]
    [InlineData("Pricing:Tiers:1:UnitPrice", "0.09", "UnitPrice 0.09 is not below 0.09")]
    [InlineData("Pricing:Tiers:1:UnitPrice", "0", "UnitPrice 0 is not above 0")]
    [InlineData("Pricing:Tiers:0:UnitPrice", "0.0901", "", false)]
    [InlineData("Pricing:Tiers:1:UnitPrice", "0.0004", "cost 44 minor units, below the least charge of 50")]
    [InlineData("Pricing:Tiers:0:UnitPrice", "1000", "above the largest charge of 99999999")]
    public void A_price_list_that_can_not_be_sold_by_is_refused_at_start(string key, string value, string finding, bool refused = true)
    {
        var settings = new Dictionary<string, string?>
        {
            ["Pricing:Tiers:0:FromCredits"] = "100", ["Pricing:Tiers:0:UnitPrice"] = "0.09",
            ["Pricing:Tiers:1:FromCredits"] = "1000", ["Pricing:Tiers:1:UnitPrice"] = "0.08",
        };
        settings[key] = value;
        var services = new ServiceCollection().AddPurchases(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();

        if (!refused)
        {
            services.GetRequiredService<IStartupValidator>().Validate();
            return;
        }

        var failure = Assert.Throws<OptionsValidationException>(services.GetRequiredService<IStartupValidator>().Validate);
        Assert.Contains(finding, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Configured_tiers_replace_the_built_in_ones()
    {
        var settings = new Dictionary<string, string?> { ["Pricing:Tiers:0:FromCredits"] = "100", ["Pricing:Tiers:0:UnitPrice"] = "0.2" };
        var services = new ServiceCollection().AddPurchases(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();

        Assert.Equal([new PriceTier { FromCredits = 100, UnitPrice = 0.2m }], services.GetRequiredService<PriceList>().View.Tiers.AsEnumerable());
    }

    private static PricingOptions Options(decimal taxRate, params (long From, decimal Unit)[] tiers)
    {
        var options = new PricingOptions { TaxRate = taxRate };
        foreach (var (from, unit) in tiers) options.Tiers.Add(new PricingTierOptions { FromCredits = from, UnitPrice = unit });
        return options;
    }
}

using System.Collections.Immutable;
using Connect.Accounts;
using Connect.Campaigns;
using Connect.Grains.Campaigns.Engine;
using Connect.Grains.Purchases;

namespace Connect.Grains.Tests.Campaigns.Engine;

public sealed class CoverageRulesTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Friday = Now.AddDays(5);

    private readonly PriceList _prices = new(new());

    [Theory]
    [InlineData(100, 100, 0)]
    [InlineData(99, 100, 0)]
    [InlineData(101, 100, 1)]
    [InlineData(0, 100, 0)]
    public void What_is_there_covers_what_is_needed_or_the_difference_is_missing(long required, long available, long shortfall)
    {
        var coverage = Of(required, null, (available, Now.AddDays(90)));
        Assert.Equal((required, available, available, shortfall, shortfall == 0), (coverage.Required, coverage.Available, coverage.AvailableThen, coverage.Shortfall, coverage.Covered));
        Assert.Equal(shortfall == 0, coverage.Buy is null);
    }

    [Fact]
    public void What_expires_before_the_time_or_at_it_is_counted_out_and_what_expires_after_it_is_not()
    {
        var coverage = Of(1_000, Friday, (10, Friday.AddDays(-1)), (20, Friday), (40, Friday.AddMilliseconds(1)), (80, Friday.AddDays(30)));
        Assert.Equal((Friday, 150L, 120L, 880L), (coverage.At, coverage.Available, coverage.AvailableThen, coverage.Shortfall));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_time_that_is_absent_or_past_means_now(bool past)
    {
        var coverage = Of(50, past ? Now.AddMinutes(-1) : null, (50, Now.AddMinutes(1)));
        Assert.Equal((Now, 50L, 0L), (coverage.At, coverage.AvailableThen, coverage.Shortfall));
    }

    [Theory]
    [InlineData(1, 100, 1_045)]
    [InlineData(100, 100, 1_045)]
    [InlineData(101, 101, 1_055)]
    [InlineData(937, 1_000, 9_790)]
    [InlineData(936, 936, 9_781)]
    [InlineData(1_000, 1_000, 9_790)]
    public void To_buy_is_what_is_missing_at_least_the_least_and_more_where_more_costs_less(long missing, long credits, long total) =>
        Assert.Equal(new CreditsToBuy { Credits = credits, Total = new() { Amount = total, Currency = "AUD" } }, Of(missing, Friday).Buy);

    [Fact]
    public void More_than_can_be_bought_in_one_go_is_as_much_as_can_be()
    {
        var most = _prices.View.MaxCredits;
        Assert.Equal((most, _prices.Price(most)!.Total), Of(most + 1, Friday).Buy is { } buy ? (buy.Credits, buy.Total) : default);
    }

    [Fact]
    public void Nothing_is_to_be_bought_now_for_a_time_by_which_it_will_have_expired()
    {
        Assert.NotNull(Of(10, (Now + AccountLimits.BatchLifetime).AddMilliseconds(-1)).Buy);
        var late = Of(10, Now + AccountLimits.BatchLifetime);
        Assert.Equal((10L, false), (late.Shortfall, late.Covered));
        Assert.Null(late.Buy);
    }

    private CoverageView Of(long required, DateTimeOffset? at, params (long Remaining, DateTimeOffset ExpiresAt)[] batches) => CoverageRules.Of(
        required,
        new()
        {
            Available = batches.Sum(batch => batch.Remaining),
            Batches =
            [
                .. batches.Select((batch, i) => new BatchView
                {
                    Id = i + 1, Source = GrantSource.Purchase, Granted = 1_000, Remaining = batch.Remaining, GrantedAt = Now.AddDays(-1), ExpiresAt = batch.ExpiresAt,
                }),
            ],
            AutoTopUp = null!,
            AsOf = Now,
            Sequence = 1,
            Totals = new(),
        },
        at,
        _prices);
}

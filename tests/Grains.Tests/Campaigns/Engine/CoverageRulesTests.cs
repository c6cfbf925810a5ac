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

    [Fact]
    public void What_others_take_before_it_is_not_there_for_it()
    {
        var coverage = Before([Send("b", Now.AddDays(1), 30), Send("a", Now.AddHours(-1), 20)], 60, Friday, (100, Friday.AddDays(1)));
        Assert.Equal((100L, 50L, 10L, 100L), (coverage.AvailableThen, coverage.PromisedBefore, coverage.Shortfall, coverage.Buy!.Credits));
        Assert.True(Before([Send("b", Now.AddDays(1), 40)], 60, Friday, (100, Friday.AddDays(1))).Covered);
    }

    [Fact]
    public void What_others_lack_is_missing_as_well_because_what_is_bought_goes_to_them_first()
    {
        var coverage = Before([Send("a", Now.AddDays(1), 300)], 50, Friday, (100, Friday.AddDays(1)));
        Assert.Equal((100L, 300L, 250L), (coverage.AvailableThen, coverage.PromisedBefore, coverage.Shortfall));
    }

    [Fact]
    public void What_others_take_of_batches_that_will_have_expired_takes_nothing_from_it()
    {
        // The first takes the 40 that expire on the second day, and 10 of the others; the second comes when those 40 would be gone.
        var coverage = Before([Send("b", Now.AddDays(3), 20), Send("a", Now.AddDays(1), 50)], 71, Friday, (100, Friday.AddDays(1)), (40, Now.AddDays(2)));
        Assert.Equal((140L, 100L, 30L, 1L), (coverage.Available, coverage.AvailableThen, coverage.PromisedBefore, coverage.Shortfall));
        // At its own instant a batch is gone.
        Assert.Equal(50, Before([Send("a", Now.AddDays(2), 50)], 71, Friday, (100, Friday.AddDays(1)), (40, Now.AddDays(2))).PromisedBefore);
    }

    private static PlannedSend Send(string id, DateTimeOffset at, long credits) => new() { CampaignId = id, At = at, Credits = credits };

    private CoverageView Of(long required, DateTimeOffset? at, params (long Remaining, DateTimeOffset ExpiresAt)[] batches) => Before([], required, at, batches);

    private CoverageView Before(PlannedSend[] before, long required, DateTimeOffset? at, params (long Remaining, DateTimeOffset ExpiresAt)[] batches) => CoverageRules.Of(
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
        _prices,
        before);
}

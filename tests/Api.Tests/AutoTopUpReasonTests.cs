using Connect.Accounts;
using Connect.Api.Application;
using Connect.Purchases;

namespace Connect.Api.Tests;

/// <summary>Why auto top-up is not buying, worked out before it is tried.</summary>
public sealed class AutoTopUpReasonTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(2026, 10, AutoTopUpCard.Expired)]
    [InlineData(2025, 12, AutoTopUpCard.Expired)]
    [InlineData(2026, 11, AutoTopUpCard.ExpiresSoon)]
    [InlineData(2026, 12, AutoTopUpCard.Ready)]
    [InlineData(2027, 1, AutoTopUpCard.Ready)]
    public void A_card_is_good_to_the_end_of_its_month_and_expires_soon_for_30_days(int year, int month, AutoTopUpCard state)
    {
        Assert.Equal(state, AutoTopUpReasons.Card([Card(year, month)], s_noon));
        var body = CardBody.Of(Card(year, month), s_noon);
        Assert.Equal((state == AutoTopUpCard.Expired, state == AutoTopUpCard.ExpiresSoon), (body.Expired, body.ExpiresSoon));
    }

    [Fact]
    public void The_last_moment_of_a_card_is_that_of_its_month()
    {
        Assert.False(Card(2026, 11).IsExpiredAt(new(2026, 11, 30, 23, 59, 59, TimeSpan.Zero)));
        Assert.True(Card(2026, 11).IsExpiredAt(new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)));
        Assert.False(Card(2026, 11).IsExpiredAt(new(2026, 12, 1, 0, 0, 0, TimeSpan.FromHours(10))));
        Assert.False(Card(2026, 12).IsExpiredAt(new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)));
    }

    [Fact]
    public void Only_the_default_card_counts()
    {
        Assert.Equal(AutoTopUpCard.None, AutoTopUpReasons.Card([], s_noon));
        Assert.Equal(AutoTopUpCard.Expired, AutoTopUpReasons.Card([Card(2026, 1), Card(2030, 1)], s_noon));
        Assert.Equal(AutoTopUpCard.Ready, AutoTopUpReasons.Card([Card(2030, 1), Card(2026, 1)], s_noon));
    }

    [Theory]
    [InlineData(AutoTopUpCard.None, "Why. No card is saved: add one, or the next top-up can not be paid.")]
    [InlineData(AutoTopUpCard.Expired, "Why. The card has expired: add a new one, or the next top-up can not be paid.")]
    [InlineData(AutoTopUpCard.ExpiresSoon, "Why. The card expires soon: add a new one in time.")]
    [InlineData(AutoTopUpCard.Ready, "Why.")]
    [InlineData(null, "Why.")]
    public void While_it_is_armed_the_card_is_part_of_the_reason(AutoTopUpCard? card, string reason) => Assert.Equal(reason, AutoTopUpReasons.Explain(View(AutoTopUpStatus.Armed), card));

    [Theory]
    [InlineData(AutoTopUpStatus.Off)]
    [InlineData(AutoTopUpStatus.InFlight)]
    [InlineData(AutoTopUpStatus.Suspended)]
    public void Otherwise_the_accounts_own_reason_stands(AutoTopUpStatus status)
    {
        foreach (var card in Enum.GetValues<AutoTopUpCard>()) Assert.Equal("Why.", AutoTopUpReasons.Explain(View(status), card));
    }

    private static AutoTopUpView View(AutoTopUpStatus status) => new() { Settings = new(), Status = status, Reason = "Why." };

    private static SavedCard Card(int year, int month) => new() { Id = "pm_1", Brand = "visa", Last4 = "4242", ExpMonth = month, ExpYear = year, IsDefault = true };
}

using Connect.Accounts;
using Connect.Api.Application;
using Connect.Api.Components;

namespace Connect.Browser.Tests;

public sealed class SuspensionTests
{
    [Theory]
    [InlineData(SuspensionReason.CardDeclined, AutoTopUpCard.Ready, true, true)]
    [InlineData(SuspensionReason.CardExpired, AutoTopUpCard.Expired, true, false)]
    [InlineData(SuspensionReason.CardExpired, AutoTopUpCard.ExpiresSoon, true, true)]
    [InlineData(SuspensionReason.NoCard, AutoTopUpCard.None, true, false)]
    [InlineData(SuspensionReason.NoCard, AutoTopUpCard.Ready, true, true)]
    [InlineData(SuspensionReason.AuthenticationRequired, AutoTopUpCard.Ready, true, false)]
    [InlineData(SuspensionReason.MonthlyCap, AutoTopUpCard.Ready, false, false)]
    [InlineData(SuspensionReason.NeedsReview, AutoTopUpCard.Ready, false, false)]
    [InlineData(SuspensionReason.Dispute, AutoTopUpCard.Ready, false, false)]
    [InlineData(SuspensionReason.EarlyFraudWarning, AutoTopUpCard.Ready, false, false)]
    public void Only_buttons_that_can_help_are_offered(SuspensionReason reason, AutoTopUpCard card, bool otherCard, bool retry)
    {
        var paused = Paused(reason, card);
        Assert.Equal((otherCard, retry), (Suspension.CardHelps(paused), Suspension.RetryHelps(paused)));
    }

    [Fact]
    public void Every_reason_says_what_brings_auto_top_up_back()
    {
        var cures = Enum.GetValues<SuspensionReason>().Select(reason => Suspension.Cure(Paused(reason, AutoTopUpCard.Ready))).ToArray();
        Assert.All(cures, cure => Assert.True(cure.Length > 20));
        Assert.Equal(cures.Length, cures.Distinct().Count());
    }

    [Theory]
    [InlineData(SuspensionReason.NeedsReview)]
    [InlineData(SuspensionReason.Dispute)]
    [InlineData(SuspensionReason.EarlyFraudWarning)]
    public void What_only_an_operator_ends_says_so(SuspensionReason reason)
    {
        Assert.True(Suspension.TakesConnect(Paused(reason, AutoTopUpCard.Ready)));
        Assert.Contains("switch auto top-up on again", Suspension.Cure(Paused(reason, AutoTopUpCard.Ready)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_reason_is_told_without_saying_paused_twice() =>
        Assert.Equal("The card was declined.", Suspension.Why(Paused(SuspensionReason.CardDeclined, AutoTopUpCard.Ready)));

    private static AutoTopUpBody Paused(SuspensionReason reason, AutoTopUpCard card) => new()
    {
        Enabled = true, Threshold = 100, Credits = 1_000, MonthlyCap = null, State = AutoTopUpStatus.Suspended, Reason = "Paused: the card was declined.",
        Card = card, SuspendedBecause = reason, PurchaseId = null, LastAttemptAt = null, SpentThisMonth = Money.Aud(0), Version = 1,
    };
}

using Connect.Grains.Purchases.Engine;
using static Connect.Grains.Tests.Purchases.Engine.PurchaseBuild;

namespace Connect.Grains.Tests.Purchases.Engine;

/// <summary>What a prompt makes each state do.</summary>
public sealed class PromptTests
{
    [Theory]
    [InlineData(PurchasePhase.IntentCreated)]
    [InlineData(PurchasePhase.Confirming)]
    [InlineData(PurchasePhase.RequiresAction)]
    [InlineData(PurchasePhase.Declined)]
    [InlineData(PurchasePhase.Canceled)]
    public void The_intent_is_read_at_once_whatever_pause_is_on(PurchasePhase phase)
    {
        foreach (var purchase in new[] { Manual(phase), Automatic(phase) })
        {
            var paused = purchase with { Failures = 5, NotBefore = Noon.AddMinutes(5) };
            Assert.Equal(new PurchaseStep(paused, PurchaseCall.ReadIntent), PurchaseDecider.Prompted(paused));
        }
    }

    [Fact]
    public void A_fence_is_prompted_by_a_reading_and_never_by_a_cancel()
    {
        var fenced = Manual(PurchasePhase.Confirming) with { FenceTo = PurchasePhase.Canceled };
        Assert.Equal(PurchaseCall.ReadIntent, PurchaseDecider.Prompted(fenced)!.Value.Call);
        Assert.Equal(PurchasePhase.Paid, fenced.Reads(Intent(IntentStatus.Succeeded)).Phase);
        Assert.Equal(PurchaseCall.CancelIntent, fenced.Reads(Intent(IntentStatus.RequiresAction)).Next().Call);
    }

    [Fact]
    public void A_paid_purchase_grants_its_credits_at_once()
    {
        var owed = Manual(PurchasePhase.Paid) with { Failures = 9, NotBefore = Noon.AddMinutes(4) };
        Assert.Equal(new PurchaseStep(owed, PurchaseCall.GrantCredits), PurchaseDecider.Prompted(owed));
    }

    [Theory]
    [InlineData(PurchasePhase.Quoted)]
    [InlineData(PurchasePhase.Credited)]
    [InlineData(PurchasePhase.NeedsReview)]
    public void Where_a_reading_can_change_nothing_nothing_is_read(PurchasePhase phase) => Assert.Null(PurchaseDecider.Prompted(Manual(phase)));

    [Theory]
    [InlineData(PurchasePhase.Requested)]
    [InlineData(PurchasePhase.Declined)]
    [InlineData(PurchasePhase.Canceled)]
    public void Without_an_intent_there_is_nothing_to_read(PurchasePhase phase) => Assert.Null(PurchaseDecider.Prompted(Manual(phase) with { IntentId = null }));

    [Theory]
    [InlineData(PurchasePhase.Declined)]
    [InlineData(PurchasePhase.Canceled)]
    public void A_failed_reading_changes_no_end(PurchasePhase phase)
    {
        foreach (var purchase in new[] { Manual(phase), Automatic(phase), Automatic(phase) with { Told = true } })
        {
            Assert.Equal(purchase, purchase.Fails(PurchaseCall.ReadIntent, Technical()));
            Assert.Equal(purchase, purchase.Fails(PurchaseCall.ReadIntent, new() { Kind = ProblemKind.Refused, Code = "resource_missing" }));
        }
    }

    [Theory]
    [InlineData("a/p", true)]
    [InlineData("a-1_B/top-up-7", true)]
    [InlineData(null, false)]
    [InlineData("", false)]
    [InlineData("a", false)]
    [InlineData("a/", false)]
    [InlineData("/p", false)]
    [InlineData("a/p/q", false)]
    [InlineData("a/../p", false)]
    [InlineData("a b/p", false)]
    [InlineData("\u00e4/p", false)]
    public void Only_an_account_and_a_purchase_make_a_key(string? text, bool isKey) => Assert.Equal(isKey, PurchaseKeys.IsKey(text));

    [Fact]
    public void A_key_is_bounded()
    {
        Assert.True(PurchaseKeys.IsKey($"{new string('a', 64)}/{new string('p', 64)}"));
        Assert.False(PurchaseKeys.IsKey($"{new string('a', 65)}/p"));
        Assert.False(PurchaseKeys.IsKey($"a/{new string('p', 65)}"));
    }
}

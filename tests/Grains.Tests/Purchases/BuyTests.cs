using Connect.Accounts;
using Connect.Purchases;

namespace Connect.Grains.Tests.Purchases;

/// <summary>Buying by hand, from quote to credits, end to end.</summary>
public sealed class BuyTests(PurchaseCluster cluster) : IClassFixture<PurchaseCluster>
{
    private static readonly ConfirmPurchase s_yes = new() { Actor = "anna" };

    [Fact]
    public async Task A_confirmed_quote_is_charged_once_and_its_credits_are_there()
    {
        await cluster.OpenAccount("buyer");
        var purchase = cluster.Purchase("buyer/q1");

        var quote = await purchase.Quote(1_000);
        Assert.Null(await purchase.Get());
        var result = await purchase.Confirm(s_yes);

        Assert.Equal("q1", quote!.Id);
        Assert.Equal(cluster.Clock.GetUtcNow().AddMinutes(15), quote.ExpiresAt);
        Assert.Equal(ConfirmOutcome.Accepted, result.Outcome);
        Assert.Equal(PurchaseStatus.Succeeded, result.Purchase!.Status);
        Assert.Equal("Credited", result.Purchase.State);
        Assert.Equal(Money.Aud(9_790), result.Purchase.Total);
        Assert.Equal(9_790, Assert.Single(await cluster.Charged("buyer/q1")));
        var credits = await cluster.Account("buyer").GetCredits();
        Assert.Equal(1_000, credits.Available);
        Assert.Equal(GrantSource.Purchase, credits.Batches.Single().Source);
        Assert.Equal(["create pi:buyer/q1", "confirm pi:buyer/q1:c1"], cluster.Gateway.Asked.Where(asked => asked.Contains("buyer/q1", StringComparison.Ordinal)));
    }
}

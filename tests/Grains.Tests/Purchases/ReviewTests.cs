using Connect.Purchases;
using Stripe;

namespace Connect.Grains.Tests.Purchases;

/// <summary>A purchase that waits for a person, until one has looked.</summary>
public sealed class ReviewTests(PurchaseCluster cluster) : IClassFixture<PurchaseCluster>
{
    private static readonly PurchaseReview Refunded = new() { Reason = "Charged twice the price; refunded at Stripe.", Actor = "kate" };

    [Fact]
    public async Task A_person_closes_the_review_of_a_purchase_once_and_the_first_word_stays()
    {
        await cluster.OpenAccount("reviewed", PurchaseCluster.AlwaysAuthenticates);
        var purchase = cluster.Purchase("reviewed/q");
        await purchase.Quote(1_000);
        var waiting = (await cluster.Drive(purchase.Confirm(new() { Actor = "anna" }), purchase)).Purchase!;
        Assert.Equal(ReviewOutcome.NotInReview, await purchase.CloseReview(Refunded));

        // Somebody changes the amount at Stripe, and the customer approves that.
        await cluster.Stripe.V1.PaymentIntents.UpdateAsync(waiting.PaymentIntentId, new PaymentIntentUpdateOptions { Amount = 19_580 });
        await cluster.PassBankPage(waiting.NextActionUrl!);
        Assert.True(await purchase.Prompt());
        Assert.Equal(("NeedsReview", 0L), ((await purchase.Get())!.State, (await cluster.Account("reviewed").GetCredits()).Available));

        Assert.Equal(ReviewOutcome.Closed, await purchase.CloseReview(Refunded));
        Assert.Equal(ReviewOutcome.Closed, await purchase.CloseReview(Refunded with { Reason = "something else" }));

        var view = (await purchase.Get())!;
        Assert.Equal((Refunded.Reason, "kate", cluster.Clock.GetUtcNow()), (view.Review!.Reason, view.Review.Actor, view.Review.At!.Value));
        Assert.Equal("NeedsReview", view.State);
    }

    [Fact]
    public async Task What_is_no_purchase_or_does_not_wait_has_no_review_to_close()
    {
        Assert.Equal(ReviewOutcome.UnknownPurchase, await cluster.Purchase("nobody/q").CloseReview(Refunded));
        await cluster.Purchase("quoted/q").Quote(1_000);
        Assert.Equal(ReviewOutcome.UnknownPurchase, await cluster.Purchase("quoted/q").CloseReview(Refunded));
        await cluster.Bought("good");
        Assert.Equal(ReviewOutcome.NotInReview, await cluster.Purchase("good/q").CloseReview(Refunded));
    }
}

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

    [Fact]
    public async Task Confirming_twice_at_once_and_again_later_charges_once()
    {
        await cluster.OpenAccount("twice");
        var purchase = cluster.Purchase("twice/q");
        await purchase.Quote(1_000);

        var results = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => purchase.Confirm(s_yes)));
        await cluster.Deactivate();
        var later = await purchase.Confirm(s_yes);

        Assert.All(results.Append(later), result => Assert.Equal((ConfirmOutcome.Accepted, PurchaseStatus.Succeeded), (result.Outcome, result.Purchase!.Status)));
        Assert.Single(await cluster.Charged("twice/q"));
        Assert.Equal(1_000, (await cluster.Account("twice").GetCredits()).Available);
    }

    [Fact]
    public async Task A_quote_freezes_its_price_and_repeating_it_gives_the_same()
    {
        var purchase = cluster.Purchase("frozen/q");
        var first = await purchase.Quote(1_000);
        cluster.Clock.Advance(TimeSpan.FromMinutes(5));

        Assert.Equal(first, await purchase.Quote(1_000));
        Assert.Equal(first, await purchase.Quote(2_000));
        Assert.Null(await cluster.Purchase("frozen/q2").Quote(99));
        Assert.Equal(ConfirmOutcome.UnknownQuote, (await cluster.Purchase("frozen/q2").Confirm(s_yes)).Outcome);
    }

    [Fact]
    public async Task A_quote_is_refused_from_15_minutes_on_and_leaves_no_row_a_day_later()
    {
        await cluster.OpenAccount("late");
        var confirmed = cluster.Purchase("late/confirmed");
        var forgotten = cluster.Purchase("late/forgotten");
        await confirmed.Quote(1_000);
        await forgotten.Quote(1_000);
        await cluster.Tick(forgotten, "purchase");
        Assert.True(cluster.Storage.Holds("purchase", "late/forgotten"));

        cluster.Clock.Advance(TimeSpan.FromMinutes(15));
        Assert.Equal(ConfirmOutcome.QuoteExpired, (await confirmed.Confirm(s_yes)).Outcome);

        cluster.Clock.Advance(TimeSpan.FromHours(24) - TimeSpan.FromSeconds(1));
        await cluster.Tick(forgotten, "purchase");
        Assert.Equal(ConfirmOutcome.QuoteExpired, (await confirmed.Confirm(s_yes)).Outcome);
        Assert.Equal(ConfirmOutcome.QuoteExpired, (await forgotten.Confirm(s_yes)).Outcome);

        cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        await cluster.Tick(confirmed, "purchase");
        await cluster.Tick(forgotten, "purchase");
        Assert.Equal(ConfirmOutcome.UnknownQuote, (await confirmed.Confirm(s_yes)).Outcome);
        Assert.Equal(ConfirmOutcome.UnknownQuote, (await forgotten.Confirm(s_yes)).Outcome);
        Assert.False(cluster.Storage.Holds("purchase", "late/confirmed"));
        Assert.False(cluster.Storage.Holds("purchase", "late/forgotten"));
        Assert.Equal((0, 0), (await cluster.Reminders(confirmed), await cluster.Reminders(forgotten)));
        Assert.NotNull(await confirmed.Quote(1_000));
    }

    [Fact]
    public async Task A_confirm_that_can_not_be_taken_says_why_and_charges_nothing()
    {
        await cluster.OpenAccount("bare", cardNumber: null);
        var bare = cluster.Purchase("bare/q");
        var nowhere = cluster.Purchase("nowhere/q");
        await bare.Quote(1_000);
        await nowhere.Quote(1_000);

        Assert.Equal(ConfirmOutcome.UnknownAccount, (await nowhere.Confirm(s_yes)).Outcome);
        Assert.Equal(ConfirmOutcome.NoCard, (await bare.Confirm(s_yes)).Outcome);
        Assert.Equal(ConfirmOutcome.UnknownCard, (await bare.Confirm(s_yes with { CardId = "pm_elsewhere" })).Outcome);
        Assert.Null(await bare.Get());
    }

    [Fact]
    public async Task The_named_card_is_charged_and_another_is_refused_afterwards()
    {
        await cluster.OpenAccount("cards");
        var named = (await cluster.Cards("cards").List()).Single();
        var other = (await cluster.Cards("cards").Attach(await cluster.NewPaymentMethod(PurchaseCluster.AttachesThenDeclines))).Card!;
        var purchase = cluster.Purchase("cards/q");
        await purchase.Quote(1_000);

        Assert.Equal(PurchaseStatus.Succeeded, (await purchase.Confirm(s_yes with { CardId = named.Id })).Purchase!.Status);
        Assert.Equal(ConfirmOutcome.OtherCard, (await purchase.Confirm(s_yes with { CardId = other.Id })).Outcome);
        Assert.Equal(ConfirmOutcome.Accepted, (await purchase.Confirm(s_yes)).Outcome);
    }

    [Fact]
    public async Task A_declined_card_ends_the_purchase_uncharged_with_a_reason()
    {
        await cluster.OpenAccount("declined", PurchaseCluster.AttachesThenDeclines);
        var purchase = cluster.Purchase("declined/q");
        await purchase.Quote(1_000);

        var failed = (await purchase.Confirm(s_yes)).Purchase!;

        Assert.Equal((PurchaseStatus.Failed, "Declined", FailureCode.CardDeclined), (failed.Status, failed.State, failed.Failure!.Code));
        Assert.Equal("The bank declined the card ending 0341. Nothing was charged. Use another card or ask your bank.", failed.Failure.Message);
        Assert.Empty(await cluster.Charged("declined/q"));
        Assert.Equal(0, (await cluster.Account("declined").GetCredits()).Available);
        await cluster.Until(async () => await cluster.Reminders(purchase) == 0);
    }

    [Fact]
    public async Task A_bank_that_wants_the_customer_is_asked_for_an_hour()
    {
        await cluster.OpenAccount("bank", PurchaseCluster.AlwaysAuthenticates);
        var purchase = cluster.Purchase("bank/q");
        await purchase.Quote(1_000);

        var waiting = (await purchase.Confirm(s_yes)).Purchase!;
        Assert.Equal((PurchaseStatus.RequiresAction, "RequiresAction"), (waiting.Status, waiting.State));
        Assert.Contains("/bank/" + waiting.PaymentIntentId, waiting.NextActionUrl, StringComparison.Ordinal);
        Assert.Equal(1, await cluster.Reminders(purchase));

        var ended = await cluster.Until(purchase, view => view.Status == PurchaseStatus.Failed, TimeSpan.FromMinutes(61));
        Assert.Equal((FailureCode.Canceled, "Canceled"), (ended.Failure!.Code, ended.State));
        Assert.Equal("canceled", (await cluster.Stripe.V1.PaymentIntents.GetAsync(waiting.PaymentIntentId)).Status);
        Assert.Empty(await cluster.Charged("bank/q"));
    }

    [Fact]
    public async Task Another_accounts_purchase_is_unknown()
    {
        await cluster.OpenAccount("mine");
        await cluster.OpenAccount("theirs");
        await cluster.Purchase("mine/q").Quote(1_000);

        Assert.Equal(ConfirmOutcome.UnknownQuote, (await cluster.Purchase("theirs/q").Confirm(s_yes)).Outcome);
        Assert.Null(await cluster.Purchase("theirs/q").Get());
    }

    [Fact]
    public async Task The_price_list_is_asked_through_its_grain()
    {
        Assert.Equal(6, (await cluster.Pricing.Get()).Tiers.Length);
        Assert.Equal(Money.Aud(9_790), (await cluster.Pricing.Price(1_000))!.Total);
        Assert.Null(await cluster.Pricing.Price(0));
    }
}

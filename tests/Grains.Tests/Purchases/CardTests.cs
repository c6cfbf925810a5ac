using Connect.Accounts;
using Connect.Purchases;
using Connect.Sandbox.Stripe;

namespace Connect.Grains.Tests.Purchases;

/// <summary>Saved cards, end to end.</summary>
public sealed class CardTests(PurchaseCluster cluster) : IClassFixture<PurchaseCluster>
{
    [Fact]
    public async Task A_card_is_added_on_the_hosted_page_and_becomes_the_default()
    {
        await cluster.OpenAccount("hosted");
        var cards = cluster.Cards("hosted");

        var setup = await cards.BeginSetup("http://127.0.0.1:5080/cards/return?from=buy", "http://127.0.0.1:5080/cards");
        Assert.Null(await cards.CompleteSetup(setup.SessionId));
        var back = await cluster.FillCardPage(setup.Url, "5555555555554444");
        var card = await cards.CompleteSetup(setup.SessionId);

        Assert.Equal($"http://127.0.0.1:5080/cards/return?from=buy&session_id={setup.SessionId}", back.ToString());
        Assert.Equal(("mastercard", "4444", 4, 2029, true), (card!.Brand, card.Last4, card.ExpMonth, card.ExpYear, card.IsDefault));
        Assert.Equal(card, await cards.CompleteSetup(setup.SessionId));
        Assert.Equal([("4444", true), ("4242", false)], (await cards.List()).Select(saved => (saved.Last4, saved.IsDefault)));
    }

    [Theory]
    [InlineData("customer")]
    [InlineData("begin setup")]
    [InlineData("read setup")]
    [InlineData("read card")]
    [InlineData("detach")]
    public async Task Who_waits_is_answered_while_Stripe_still_is_silent(string asked)
    {
        var account = $"silent-{asked.Replace(' ', '-')}";
        await cluster.OpenAccount(account, asked == "customer" ? null : PurchaseCluster.Visa);
        var cards = cluster.Cards(account);
        var card = (await cards.List()).FirstOrDefault();
        var silence = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cluster.Gateway.Hold(asked, silence.Task);

        Task call = asked switch
        {
            "read setup" => cards.CompleteSetup("cs_test_1"),
            "read card" => cards.Refresh(card!.Id),
            "detach" => cards.Remove(card!.Id),
            _ => cards.BeginSetup("http://a/", "http://a/"),
        };
        while (!call.IsCompleted)
        {
            await cards.List();
            cluster.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        if (asked == "detach") await call;
        else await Assert.ThrowsAsync<AccountUnavailableException>(() => call);
        Assert.False(cluster.Gateway.Idle);
        silence.SetResult();
        Assert.Equal(asked is "customer" or "detach" ? [] : ["4242"], (await cards.List()).Select(saved => saved.Last4));
    }

    [Fact]
    public async Task A_session_of_another_account_or_of_nobody_adds_no_card()
    {
        await cluster.OpenAccount("victim");
        await cluster.OpenAccount("thief", cardNumber: null);
        await cluster.Cards("thief").BeginSetup("http://a/", "http://a/");
        var setup = await cluster.Cards("victim").BeginSetup("http://a/", "http://a/");
        await cluster.FillCardPage(setup.Url, PurchaseCluster.Visa);

        Assert.Null(await cluster.Cards("thief").CompleteSetup(setup.SessionId));
        Assert.Null(await cluster.Cards("thief").CompleteSetup("cs_missing"));
        Assert.Null(await cluster.Cards("thief").CompleteSetup("../customers"));
        Assert.Null(await cluster.Cards("never-asked").CompleteSetup(setup.SessionId));
        Assert.Empty(await cluster.Cards("thief").List());
    }

    [Theory]
    [InlineData("4000000000000002", FailureCode.CardDeclined)]
    [InlineData("4000000000009995", FailureCode.InsufficientFunds)]
    [InlineData("4000000000009987", FailureCode.CardDeclined)]
    [InlineData("4000000000009979", FailureCode.CardDeclined)]
    [InlineData("4000000000000069", FailureCode.CardExpired)]
    public async Task A_card_that_the_bank_refuses_is_not_saved(string number, FailureCode code)
    {
        await cluster.OpenAccount("refused" + number, cardNumber: null);
        var cards = cluster.Cards("refused" + number);

        var result = await cards.Attach(await cluster.NewPaymentMethod(number));

        Assert.Equal((null, code), (result.Card, result.Failure!.Code));
        Assert.DoesNotMatch("(?i)lost|stolen|fraud", result.Failure.Message);
        Assert.Empty(await cards.List());
    }

    [Fact]
    public async Task Another_accounts_payment_method_can_not_be_attached()
    {
        await cluster.OpenAccount("owner");
        await cluster.OpenAccount("other", cardNumber: null);
        var owned = (await cluster.Cards("owner").List()).Single();

        Assert.NotNull((await cluster.Cards("other").Attach(owned.Id)).Failure);
        Assert.NotNull((await cluster.Cards("other").Attach("pm_missing")).Failure);
        Assert.NotNull((await cluster.Cards("other").Attach("pm/../x")).Failure);
        Assert.Empty(await cluster.Cards("other").List());
    }

    [Fact]
    public async Task The_default_is_chosen_and_removing_it_makes_the_next_one_default()
    {
        await cluster.OpenAccount("several");
        var cards = cluster.Cards("several");
        var first = (await cards.List()).Single();
        var second = (await cards.Attach(await cluster.NewPaymentMethod("5555555555554444"))).Card!;

        Assert.Equal(second.Id, (await cards.Choose(null))!.Card.Id);
        Assert.True(await cards.SetDefault(first.Id));
        Assert.False(await cards.SetDefault("pm_elsewhere"));
        Assert.Equal(first.Id, (await cards.Choose(null))!.Card.Id);
        Assert.Equal(second.Id, (await cards.Choose(second.Id))!.Card.Id);
        Assert.Null(await cards.Choose("pm_elsewhere"));

        Assert.True(await cards.Remove(first.Id));
        Assert.False(await cards.Remove(first.Id));
        await cluster.Deactivate();
        Assert.Equal(second with { IsDefault = true }, Assert.Single(await cards.List()));
        Assert.Null((await cluster.Stripe.V1.PaymentMethods.GetAsync(first.Id)).CustomerId);
    }

    [Fact]
    public async Task An_account_has_one_customer_however_often_and_unluckily_it_is_asked_for()
    {
        await cluster.OpenAccount("single", cardNumber: null);
        var cards = cluster.Cards("single");
        cluster.Faults.Add([new() { PathContains = "/v1/customers", Kind = StripeFaultKind.Reset, When = StripeFaultTime.After }]);
        await Assert.ThrowsAsync<AccountUnavailableException>(() => cards.BeginSetup("http://a/", "http://a/"));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => cards.BeginSetup("http://a/", "http://a/")));

        var customers = await cluster.Stripe.V1.Customers.ListAsync(new() { Limit = 100 });
        Assert.Single(customers, customer => customer.Metadata.GetValueOrDefault("account_id") == "single");
    }

    [Fact]
    public async Task A_customer_that_was_deleted_at_Stripe_is_made_anew_once_a_card_is_added_and_its_cards_are_gone()
    {
        await cluster.OpenAccount("erased");
        var before = (await cluster.Cards("erased").Choose(null))!;
        await cluster.Stripe.V1.Customers.DeleteAsync(before.CustomerId);

        await cluster.Cards("erased").BeginSetup("http://127.0.0.1/back", "http://127.0.0.1/");
        Assert.Empty(await cluster.Cards("erased").List());

        var intent = await cluster.Bought("erased");
        var after = (await cluster.Cards("erased").Choose(null))!;
        Assert.NotEqual(before.CustomerId, after.CustomerId);
        Assert.Equal(after.CustomerId, (await cluster.Stripe.V1.PaymentIntents.GetAsync(intent)).CustomerId);
        Assert.Equal([after.Card.Id], (await cluster.Stripe.V1.PaymentMethods.ListAsync(new() { Customer = after.CustomerId })).Select(card => card.Id));
    }

    [Fact]
    public async Task A_card_that_is_removed_while_auto_top_up_resumes_was_added_all_the_same()
    {
        await cluster.OpenAccount("fickle", cardNumber: null);
        var settings = new AutoTopUpSettings { Enabled = true, Threshold = 100, Credits = 1_000 };
        await cluster.Account("fickle").SetAutoTopUp(new SetAutoTopUp { OperationId = "settings", Settings = settings });
        await cluster.Until(async () => (await cluster.Account("fickle").GetCredits()).AutoTopUp.Status == AutoTopUpStatus.Suspended);
        var cards = cluster.Cards("fickle");
        var card = await cluster.NewPaymentMethod(PurchaseCluster.Visa);

        Task<AttachResult> attaching;
        using (var hold = cluster.Ledger.Hold())
        {
            attaching = cards.Attach(card);
            await hold.Reached;
            Assert.True(await cards.Remove(card));
        }

        Assert.Equal((card, true), ((await attaching).Card!.Id, (await attaching).Card!.IsDefault));
        Assert.Empty(await cards.List());
    }

    [Fact]
    public async Task A_resume_that_the_account_could_not_take_is_made_good_by_the_reminder()
    {
        await cluster.OpenAccount("resumed", cardNumber: null);
        var settings = new AutoTopUpSettings { Enabled = true, Threshold = 100, Credits = 1_000 };
        await cluster.Account("resumed").SetAutoTopUp(new SetAutoTopUp { OperationId = "settings", Settings = settings });
        await cluster.Until(async () => (await TopUp()).Status == AutoTopUpStatus.Suspended);
        var cards = cluster.Cards("resumed");
        var card = await cluster.NewPaymentMethod(PurchaseCluster.Visa);

        cluster.Ledger.FailNext(Accounts.MemoryLedgerStore.Fault.BeforeStoring);
        Assert.NotNull((await cards.Attach(card)).Card);
        Assert.Equal(AutoTopUpStatus.Suspended, (await TopUp()).Status);
        Assert.Equal(1, await cluster.Reminders(cards));

        await cluster.Tick(cards, "resume");
        await cluster.Until(async () => (await cluster.Account("resumed").GetCredits()).Available == 1_000);
        Assert.Equal(0, await cluster.Reminders(cards));

        async Task<AutoTopUpView> TopUp()
        {
            while (true)
            {
                try
                {
                    return (await cluster.Account("resumed").GetCredits()).AutoTopUp;
                }
                catch (Exception error) when (error is AccountUnavailableException or Orleans.Runtime.OrleansMessageRejectionException)
                {
                    // Between two activations.
                }
            }
        }
    }
}

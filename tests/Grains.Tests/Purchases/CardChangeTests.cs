using Connect.Accounts;
using Connect.Purchases;
using Connect.Sandbox.Stripe;
using Stripe;

namespace Connect.Grains.Tests.Purchases;

/// <summary>Cards that change without the customer's coming back, twice, or against the order; and what that does to auto top-up.</summary>
public sealed class CardChangeTests(PurchaseCluster cluster) : IClassFixture<PurchaseCluster>
{
    private const string Unless = "4000002500003155";

    [Theory]
    [InlineData("checkout.session.completed")]
    [InlineData("setup_intent.succeeded")]
    public async Task A_card_whose_customer_never_came_back_is_saved_by_the_event(string type)
    {
        var account = type.Split('.')[0].Replace('_', '-');
        var (setup, notice) = await Finished(account, type);
        Assert.Empty(await cluster.Cards(account).List());

        await Receive($"evt_{account.Replace('-', '_')}", notice);

        var card = Assert.Single(await cluster.Cards(account).List());
        Assert.Equal(("4242", true), (card.Last4, card.IsDefault));
        Assert.Equal(card, await cluster.Cards(account).CompleteSetup(setup.SessionId));
        Assert.Single(await cluster.Cards(account).List());
    }

    [Fact]
    public async Task A_page_that_was_not_finished_in_time_adds_no_card()
    {
        await cluster.OpenAccount("expired-page", cardNumber: null);
        var setup = await cluster.Cards("expired-page").BeginSetup("http://a/", "http://a/");
        cluster.Clock.Advance(TimeSpan.FromHours(24));
        Assert.Equal("expired", (await cluster.Stripe.V1.Checkout.Sessions.GetAsync(setup.SessionId)).Status);
        Assert.Null(await cluster.Cards("expired-page").CompleteSetup(setup.SessionId));
        Assert.Empty(await cluster.Cards("expired-page").List());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_card_that_was_removed_is_not_brought_back_by_an_old_session_or_a_late_event(bool stripeKeepsIt)
    {
        var account = $"removed-{stripeKeepsIt}";
        var (setup, notice) = await Finished(account, "checkout.session.completed");
        var card = (await cluster.Cards(account).CompleteSetup(setup.SessionId))!;
        if (stripeKeepsIt) cluster.Faults.Add([new() { PathContains = "/detach", Kind = StripeFaultKind.ServerError }]);
        Assert.True(await cluster.Cards(account).Remove(card.Id));
        Assert.Equal(stripeKeepsIt, (await cluster.Stripe.V1.PaymentMethods.GetAsync(card.Id)).CustomerId is not null);

        await Receive($"evt_removed_{stripeKeepsIt}", notice);
        Assert.Null(await cluster.Cards(account).CompleteSetup(setup.SessionId));
        Assert.Empty(await cluster.Cards(account).List());
    }

    [Fact]
    public async Task The_same_physical_card_added_again_takes_the_place_of_the_old_one()
    {
        await cluster.OpenAccount("same");
        var cards = cluster.Cards("same");
        var old = (await cards.List()).Single();
        var other = (await cards.Attach(await cluster.NewPaymentMethod("5555555555554444"))).Card!;

        var renewed = (await cards.Attach(await cluster.NewPaymentMethod(PurchaseCluster.Visa, month: 7, year: 2031))).Card!;

        Assert.Equal([(renewed.Id, 2031, true), (other.Id, 2029, false)], (await cards.List()).Select(card => (card.Id, card.ExpYear, card.IsDefault)));
        Assert.NotEqual(old.Id, renewed.Id);
        Assert.Null((await cluster.Stripe.V1.PaymentMethods.GetAsync(old.Id)).CustomerId);
    }

    [Fact]
    public async Task A_card_that_its_bank_renewed_is_read_again_and_arms_an_auto_top_up_that_the_old_date_had_stopped()
    {
        await cluster.OpenAccount("renewed", cardNumber: null);
        var card = (await cluster.Cards("renewed").Attach(await cluster.NewPaymentMethod(PurchaseCluster.Visa, month: 11, year: 2026))).Card!;
        cluster.Clock.Advance(TimeSpan.FromDays(10));
        await AutoTopUp("renewed");
        Assert.Equal(SuspensionReason.CardExpired, await Suspended("renewed"));

        await cluster.Stripe.V1.PaymentMethods.UpdateAsync(card.Id, new() { Card = new() { ExpMonth = 1, ExpYear = 2030 } });
        await Receive("evt_renewed", await Updated("renewed", card));

        var read = Assert.Single(await cluster.Cards("renewed").List());
        Assert.Equal((1, 2030, true), (read.ExpMonth, read.ExpYear, read.IsDefault));
        await cluster.Until(async () => (await cluster.Account("renewed").GetCredits()).Available == 1_000);
        Assert.Equal(AutoTopUpStatus.Armed, (await cluster.Account("renewed").GetCredits()).AutoTopUp.Status);
    }

    [Fact]
    public async Task An_event_about_a_card_that_did_not_change_arms_nothing_so_that_a_decline_is_not_repeated()
    {
        await cluster.OpenAccount("unchanged", PurchaseCluster.AttachesThenDeclines);
        var card = (await cluster.Cards("unchanged").List()).Single();
        await AutoTopUp("unchanged");
        Assert.Equal(SuspensionReason.CardDeclined, await Suspended("unchanged"));
        var tried = (await cluster.Account("unchanged").GetCredits()).AutoTopUp.PurchaseId;

        await cluster.Stripe.V1.PaymentMethods.UpdateAsync(card.Id, new() { Metadata = new() { ["note"] = "x" } });
        await Receive("evt_unchanged", await Updated("unchanged", card));

        Assert.Equal(SuspensionReason.CardDeclined, await Suspended("unchanged"));
        Assert.Equal(tried, (await cluster.Account("unchanged").GetCredits()).AutoTopUp.PurchaseId);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_card_added_while_a_top_up_still_tries_the_old_one_is_tried_once_that_is_declined(bool other)
    {
        var account = $"meanwhile-{other}";
        await cluster.OpenAccount(account, PurchaseCluster.AttachesThenDeclines);
        var customer = (await cluster.Cards(account).Choose(null))!.CustomerId;
        cluster.Faults.Add([new() { PathContains = "/confirm", Customer = customer, Kind = StripeFaultKind.HtmlUnavailable, Count = 1_000 }]);
        await AutoTopUp(account);
        var topUp = cluster.Purchase($"{account}/top-up-3");
        await cluster.Until(topUp, view => view.State == "Confirming");

        if (other) await cluster.Cards(account).Attach(await cluster.NewPaymentMethod(PurchaseCluster.Visa));
        else Assert.True(await cluster.Cards(account).SetDefault((await cluster.Cards(account).List()).Single().Id));
        cluster.Faults.Clear();

        Assert.Equal(FailureCode.CardDeclined, (await cluster.Until(topUp, view => view.Status == PurchaseStatus.Failed)).Failure!.Code);
        if (!other)
        {
            Assert.Equal(SuspensionReason.CardDeclined, await Suspended(account));
            return;
        }

        await cluster.Until(async () => (await cluster.Account(account).GetCredits()).Available == 1_000);
        Assert.Equal(AutoTopUpStatus.Armed, (await cluster.Account(account).GetCredits()).AutoTopUp.Status);
        Assert.Single(await cluster.Charged($"{account}/{(await cluster.Account(account).GetCredits()).AutoTopUp.PurchaseId}"));
    }

    [Fact]
    public async Task A_card_that_only_moves_up_while_a_top_up_tries_the_removed_one_is_not_tried()
    {
        await cluster.OpenAccount("moved-up");
        await cluster.Cards("moved-up").Attach(await cluster.NewPaymentMethod(PurchaseCluster.AttachesThenDeclines));
        var tried = (await cluster.Cards("moved-up").Choose(null))!;
        cluster.Faults.Add([new() { PathContains = "/confirm", Customer = tried.CustomerId, Kind = StripeFaultKind.HtmlUnavailable, Count = 1_000 }]);
        await AutoTopUp("moved-up");
        var topUp = cluster.Purchase("moved-up/top-up-3");
        await cluster.Until(topUp, view => view.State == "Confirming");

        Assert.True(await cluster.Cards("moved-up").Remove(tried.Card.Id));
        cluster.Faults.Clear();

        Assert.Equal(PurchaseStatus.Failed, (await cluster.Until(topUp, view => view.Status == PurchaseStatus.Failed)).Status);
        await Suspended("moved-up");
        await topUp.Prompt();
        var credits = await cluster.Account("moved-up").GetCredits();
        Assert.Equal((0, AutoTopUpStatus.Suspended, "top-up-3"), (credits.Available, credits.AutoTopUp.Status, credits.AutoTopUp.PurchaseId));
    }

    [Fact]
    public async Task A_renewed_card_that_is_not_the_one_to_charge_arms_nothing()
    {
        await cluster.OpenAccount("second", cardNumber: null);
        var card = (await cluster.Cards("second").Attach(await cluster.NewPaymentMethod(PurchaseCluster.Visa))).Card!;
        await cluster.Cards("second").Attach(await cluster.NewPaymentMethod(PurchaseCluster.AttachesThenDeclines));
        await AutoTopUp("second");
        Assert.Equal(SuspensionReason.CardDeclined, await Suspended("second"));

        await cluster.Stripe.V1.PaymentMethods.UpdateAsync(card.Id, new() { Card = new() { ExpMonth = 2, ExpYear = 2032 } });
        Assert.True(await cluster.Cards("second").Refresh(card.Id));

        Assert.Equal([("0341", 2029, true), ("4242", 2032, false)], (await cluster.Cards("second").List()).Select(saved => (saved.Last4, saved.ExpYear, saved.IsDefault)));
        Assert.Equal(SuspensionReason.CardDeclined, await Suspended("second"));
    }

    [Fact]
    public async Task Another_accounts_card_or_one_that_is_gone_is_not_refreshed()
    {
        await cluster.OpenAccount("refresher");
        await cluster.OpenAccount("stranger");
        var own = (await cluster.Cards("refresher").List()).Single();
        Assert.False(await cluster.Cards("stranger").Refresh(own.Id));
        Assert.False(await cluster.Cards("stranger").Refresh("pm_missing"));
        await cluster.Stripe.V1.PaymentMethods.DetachAsync(own.Id);
        Assert.False(await cluster.Cards("refresher").Refresh(own.Id));
    }

    [Fact]
    public async Task Without_its_last_card_auto_top_up_stays_armed_until_the_next_try_which_says_that_no_card_is_saved()
    {
        await cluster.OpenAccount("cardless");
        await cluster.Account("cardless").Grant(new Grant { OperationId = "gift", Credits = 150, Source = GrantSource.Promotional });
        await AutoTopUp("cardless");
        Assert.True(await cluster.Cards("cardless").Remove((await cluster.Cards("cardless").List()).Single().Id));
        Assert.Equal(AutoTopUpStatus.Armed, (await cluster.Account("cardless").GetCredits()).AutoTopUp.Status);

        Assert.True((await cluster.Account("cardless").Debit(new Debit { OperationId = "spend", Credits = 100 })).Holds);
        Assert.Equal(SuspensionReason.NoCard, await Suspended("cardless"));
        Assert.Equal("Paused: No card is saved. Nothing was charged. Add a card and try again.", (await cluster.Account("cardless").GetCredits()).AutoTopUp.Reason);

        await cluster.Cards("cardless").Attach(await cluster.NewPaymentMethod(PurchaseCluster.Visa));
        await cluster.Until(async () => (await cluster.Account("cardless").GetCredits()).Available == 1_050);
    }

    [Fact]
    public async Task A_card_that_wanted_its_owner_works_alone_once_it_is_set_up_again()
    {
        await cluster.OpenAccount("setup-again", Unless);
        await AutoTopUp("setup-again");
        Assert.Equal(SuspensionReason.AuthenticationRequired, await Suspended("setup-again"));

        var page = await cluster.Cards("setup-again").BeginSetup("http://a/", "http://a/");
        var bank = await cluster.FillCardPage(page.Url, Unless);
        await cluster.PassBankPage(bank.ToString());
        Assert.NotNull(await cluster.Cards("setup-again").CompleteSetup(page.SessionId));

        await cluster.Until(async () => (await cluster.Account("setup-again").GetCredits()).Available == 1_000);
        Assert.Single(await cluster.Cards("setup-again").List());
    }

    [Fact]
    public async Task A_yes_at_the_bank_in_the_moment_of_giving_up_is_paid()
    {
        await cluster.OpenAccount("last-moment", PurchaseCluster.AlwaysAuthenticates);
        var purchase = cluster.Purchase("last-moment/q");
        await purchase.Quote(1_000);
        var waiting = (await purchase.Confirm(new() { Actor = "anna" })).Purchase!;
        await cluster.PassBankPage(waiting.NextActionUrl!);
        cluster.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("Credited", (await cluster.Until(purchase, view => view.Status is PurchaseStatus.Succeeded or PurchaseStatus.Failed)).State);
        Assert.Single(await cluster.Charged("last-moment/q"));
    }

    [Fact]
    public async Task A_yes_between_the_last_look_and_the_cancel_is_paid()
    {
        await cluster.OpenAccount("between", PurchaseCluster.AlwaysAuthenticates);
        var purchase = cluster.Purchase("between/q");
        await purchase.Quote(1_000);
        var waiting = (await purchase.Confirm(new() { Actor = "anna" })).Purchase!;

        // The first cancels are lost before they are carried out; the customer says yes in between.
        cluster.Faults.Add([new() { PathContains = waiting.PaymentIntentId + "/cancel", Kind = StripeFaultKind.HtmlUnavailable, Count = 8 }]);
        var cancels = Cancels();
        cluster.Clock.Advance(TimeSpan.FromHours(1));
        await cluster.Until(purchase, _ => Cancels() > cancels && cluster.Gateway.Idle);
        await cluster.PassBankPage(waiting.NextActionUrl!);
        cluster.Faults.Clear();

        Assert.Equal("Credited", (await cluster.Until(purchase, view => view.Status is PurchaseStatus.Succeeded or PurchaseStatus.Failed)).State);
        Assert.Single(await cluster.Charged("between/q"));

        int Cancels() => cluster.Gateway.Asked.Count(asked => asked == "cancel");
    }

    private async Task<(CardSetup Setup, StripeNotice Notice)> Finished(string account, string type)
    {
        await cluster.OpenAccount(account, cardNumber: null);
        var setup = await cluster.Cards(account).BeginSetup("http://a/", "http://a/");
        await cluster.FillCardPage(setup.Url, PurchaseCluster.Visa);
        var session = await cluster.Stripe.V1.Checkout.Sessions.GetAsync(setup.SessionId);
        return (setup, new() { Type = type, CustomerId = session.CustomerId, SetupId = type.StartsWith("setup", StringComparison.Ordinal) ? session.SetupIntentId : session.Id });
    }

    private async Task<StripeNotice> Updated(string account, SavedCard card) =>
        new() { Type = "payment_method.updated", CustomerId = (await cluster.Cards(account).Choose(card.Id))!.CustomerId, CardId = card.Id };

    private async Task Receive(string id, StripeNotice notice)
    {
        await cluster.Event(id).Receive(notice);
        await cluster.Until(async () => (await cluster.Event(id).Get())?.DoneAt is not null);
    }

    private async Task AutoTopUp(string account) => Assert.True((await cluster.Account(account).SetAutoTopUp(
        new SetAutoTopUp { OperationId = "settings", Settings = new() { Enabled = true, Threshold = 100, Credits = 1_000 } })).Holds);

    private async Task<SuspensionReason?> Suspended(string account)
    {
        await cluster.Until(async () => (await cluster.Account(account).GetCredits()).AutoTopUp.Status != AutoTopUpStatus.InFlight);
        return (await cluster.Account(account).GetCredits()).AutoTopUp.SuspendedBecause;
    }
}

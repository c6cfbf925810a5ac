using Connect.Accounts;
using Connect.Purchases;

namespace Connect.Grains.Tests.Purchases;

/// <summary>Auto top-up, end to end: the account starts the purchase, the purchase tells the account how it ended.</summary>
public sealed class TopUpTests(PurchaseCluster cluster) : IClassFixture<PurchaseCluster>
{
    [Fact]
    public async Task A_balance_below_the_threshold_is_topped_up_once_off_session()
    {
        await cluster.OpenAccount("topped");
        var view = await Spend("topped", monthlyCap: null);

        Assert.Equal((PurchaseStatus.Succeeded, true), (view.Status, view.Automatic));
        var credits = await cluster.Account("topped").GetCredits();
        Assert.Equal((1_050, AutoTopUpStatus.Armed, 9_790), (credits.Available, credits.AutoTopUp.Status, credits.AutoTopUp.SpentThisMonth));
        Assert.Contains(credits.Batches, batch => batch.Source == GrantSource.AutoTopUp);
        Assert.Single(await cluster.Charged("topped/" + view.Id));
    }

    [Theory]
    [InlineData(PurchaseCluster.AttachesThenDeclines, SuspensionReason.CardDeclined)]
    [InlineData(PurchaseCluster.AlwaysAuthenticates, SuspensionReason.AuthenticationRequired)]
    [InlineData(null, SuspensionReason.NoCard)]
    public async Task A_failed_top_up_suspends_and_a_new_card_resumes_and_tries_again(string? card, SuspensionReason reason)
    {
        var account = $"failed-{reason}";
        await cluster.OpenAccount(account, card);
        var failed = await Spend(account, monthlyCap: null);
        var suspended = await Told(account);

        Assert.Equal(PurchaseStatus.Failed, failed.Status);
        Assert.Equal((AutoTopUpStatus.Suspended, reason), (suspended.Status, suspended.SuspendedBecause));
        Assert.Contains(failed.Failure!.Message, suspended.Reason, StringComparison.Ordinal);
        Assert.Empty(await cluster.Charged($"{account}/{failed.Id}"));
        await cluster.Until(async () => await cluster.Reminders(cluster.Purchase($"{account}/{failed.Id}")) == 0);

        await cluster.Cards(account).Attach(await cluster.NewPaymentMethod(PurchaseCluster.Visa));
        var retried = (await cluster.Account(account).GetCredits()).AutoTopUp.PurchaseId;
        Assert.NotEqual(failed.Id, retried);
        Assert.Equal(PurchaseStatus.Succeeded, (await Ended($"{account}/{retried}")).Status);
        Assert.Equal(1_050, (await cluster.Account(account).GetCredits()).Available);
    }

    [Fact]
    public async Task A_card_past_its_date_is_not_tried()
    {
        await cluster.OpenAccount("past", cardNumber: null);
        var now = cluster.Clock.GetUtcNow();
        await cluster.Cards("past").Attach(await cluster.NewPaymentMethod(PurchaseCluster.Visa, now.Month, now.Year));
        cluster.Clock.Advance(TimeSpan.FromDays(31));

        var failed = await Spend("past", monthlyCap: null);

        Assert.Equal((PurchaseStatus.Failed, FailureCode.CardExpired), (failed.Status, failed.Failure!.Code));
        Assert.Equal(SuspensionReason.CardExpired, (await Told("past")).SuspendedBecause);
        Assert.DoesNotContain(cluster.Gateway.Asked, asked => asked.Contains("pi:past/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_top_up_above_what_is_left_of_the_cap_is_not_tried()
    {
        await cluster.OpenAccount("capped");
        await Spend("capped", monthlyCap: 10_000);
        await cluster.Account("capped").Debit(new Debit { OperationId = "again", Credits = 1_000 });
        var second = await Ended("capped/" + (await cluster.Account("capped").GetCredits()).AutoTopUp.PurchaseId);

        Assert.Equal(FailureCode.MonthlyCap, second.Failure!.Code);
        Assert.Equal(SuspensionReason.MonthlyCap, (await Told("capped")).SuspendedBecause);
        Assert.DoesNotContain(cluster.Gateway.Asked, asked => asked.Contains("pi:capped/" + second.Id, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_top_up_stopped_by_the_cap_goes_on_with_the_month_though_nobody_asks_the_account(bool stillNeeded)
    {
        var id = $"new-month-{stillNeeded}";
        await cluster.OpenAccount(id);
        var account = cluster.Account(id);
        await Spend(id, monthlyCap: 10_000);
        await account.Debit(new Debit { OperationId = "again", Credits = 1_000 });
        Assert.Equal(SuspensionReason.MonthlyCap, (await Told(id)).SuspendedBecause);
        var now = cluster.Clock.GetUtcNow();
        var month = new DateTimeOffset(now.Year, now.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1);
        await cluster.Until(async () => (await account.Inspect()).ReminderDueAt == month);
        if (!stillNeeded) await account.Grant(new Grant { OperationId = "enough", Credits = 500, Source = GrantSource.Promotional });

        cluster.Clock.Advance(month - cluster.Clock.GetUtcNow());
        await cluster.Tick(account, "account");

        Assert.Equal(stillNeeded ? 3 : 2, cluster.Ledger.Of(id).Count(entry => entry.Kind == EntryKind.TopUpStarted));
        if (stillNeeded) Assert.Equal(PurchaseStatus.Succeeded, (await Ended($"{id}/{(await account.GetCredits()).AutoTopUp.PurchaseId}")).Status);
        Assert.Equal((await account.GetCredits()).Batches[0].ExpiresAt, (await account.Inspect()).ReminderDueAt);
    }

    [Fact]
    public async Task A_paid_manual_purchase_with_the_default_card_arms_a_suspended_top_up_again()
    {
        await cluster.OpenAccount("cured", PurchaseCluster.AlwaysAuthenticates);
        await Spend("cured", monthlyCap: null);
        await Told("cured");

        var purchase = cluster.Purchase("cured/q");
        await purchase.Quote(5_000);
        var waiting = (await purchase.Confirm(new() { Actor = "anna" })).Purchase!;
        await cluster.PassBankPage(waiting.NextActionUrl!);
        await cluster.Until(purchase, view => view.Status == PurchaseStatus.Succeeded);

        await cluster.Until(async () => (await cluster.Account("cured").GetCredits()).AutoTopUp.Status == AutoTopUpStatus.Armed);
        Assert.Equal(5_050, (await cluster.Account("cured").GetCredits()).Available);
        Assert.Single(await cluster.Charged("cured/q"));
    }

    [Fact]
    public async Task Starting_a_top_up_again_changes_nothing()
    {
        await cluster.OpenAccount("again");
        var first = await Spend("again", monthlyCap: null);
        var purchase = cluster.Purchase("again/" + first.Id);

        await purchase.StartTopUp(new TopUpOrder { Credits = 50_000 });

        Assert.Equal(await Ended("again/" + first.Id), await purchase.Get());
        Assert.Single(await cluster.Charged("again/" + first.Id));
    }

    [Fact]
    public async Task The_accounts_reminder_looks_after_a_top_up_ever_less_often_the_longer_it_takes()
    {
        await cluster.OpenAccount("slow");
        var account = cluster.Account("slow");
        cluster.Faults.Down = true;
        await account.Grant(new Grant { OperationId = "gift", Credits = 50, Source = GrantSource.Promotional });
        Assert.True((await account.SetAutoTopUp(new SetAutoTopUp { OperationId = "settings", Settings = new() { Enabled = true, Threshold = 100, Credits = 1_000 } })).Holds);
        Assert.Equal(cluster.Clock.GetUtcNow().AddMinutes(1), (await account.Inspect()).ReminderDueAt);

        cluster.Clock.Advance(TimeSpan.FromMinutes(40));
        await cluster.Tick(account, "account");
        Assert.Equal(cluster.Clock.GetUtcNow().AddMinutes(40), (await account.Inspect()).ReminderDueAt);

        cluster.Faults.Down = false;
        Assert.Equal(PurchaseStatus.Succeeded, (await Ended("slow/" + (await account.GetCredits()).AutoTopUp.PurchaseId)).Status);
        Assert.Equal((await account.GetCredits()).Batches[0].ExpiresAt, (await account.Inspect()).ReminderDueAt);
    }

    // Leaves 50 credits, below the threshold of 100, and waits for the end of the top-up of 1,000.
    private async Task<PurchaseView> Spend(string account, long? monthlyCap)
    {
        var grain = cluster.Account(account);
        await grain.Grant(new Grant { OperationId = "gift", Credits = 150, Source = GrantSource.Promotional });
        var settings = new AutoTopUpSettings { Enabled = true, Threshold = 100, Credits = 1_000, MonthlyCap = monthlyCap };
        Assert.True((await grain.SetAutoTopUp(new SetAutoTopUp { OperationId = "settings", Settings = settings })).Holds);
        Assert.True((await grain.Debit(new Debit { OperationId = "spend", Credits = 100 })).Holds);
        return await Ended($"{account}/{(await grain.GetCredits()).AutoTopUp.PurchaseId}");
    }

    private Task<PurchaseView> Ended(string key) => cluster.Until(cluster.Purchase(key), view => view.Status is PurchaseStatus.Succeeded or PurchaseStatus.Failed);

    private async Task<AutoTopUpView> Told(string account)
    {
        await cluster.Until(async () => (await cluster.Account(account).GetCredits()).AutoTopUp.Status != AutoTopUpStatus.InFlight);
        return (await cluster.Account(account).GetCredits()).AutoTopUp;
    }
}

using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Accounts.Ledger;
using Connect.Grains.Tests.Purchases;
using Connect.Operations;
using Connect.Purchases;
using Connect.Sandbox.Stripe;
using Stripe;

namespace Connect.Grains.Tests.Operations;

/// <summary>Reconciliations with the real grains, Stripe.net and the sandbox. The runs see all accounts of the class, so each test looks for its own.</summary>
public sealed class ReconciliationTests(PurchaseCluster cluster) : IClassFixture<PurchaseCluster>
{
    [Fact]
    public async Task What_is_right_is_counted_and_nothing_is_found()
    {
        var intent = await cluster.Bought("right");
        Old();
        var report = await Run();
        Assert.Equal((ReconciliationStatus.Completed, ReconciliationKind.OnDemand, "kate"), (report.Status, report.Kind, report.Actor));
        Assert.True(report.Intents >= 1 && report.Grants >= 1 && report.PurchasesChecked >= 1);
        Assert.DoesNotContain(report.Findings, finding => finding.Purchase == "right/q" || finding.IntentId == intent);
        Assert.Equal(report.StartedAt - TimeSpan.FromDays(35), report.Since);
    }

    [Fact]
    public async Task What_is_young_is_left_to_its_purchase()
    {
        Old();
        var before = await Run();
        await cluster.Bought("young");
        var after = await Run();
        Assert.Equal((before.Intents, before.Grants), (after.Intents, after.Grants));
    }

    [Fact]
    public async Task A_charge_whose_every_prompt_was_lost_gets_its_credits()
    {
        await PaidUnseen("heals");
        Assert.Equal(0, (await cluster.Account("heals").GetCredits()).Available);

        var report = await Run();

        Assert.Contains("heals/q", report.HealedPurchases);
        Assert.DoesNotContain(report.Findings, finding => finding.Purchase == "heals/q");
        Assert.Equal(1_000, (await cluster.Account("heals").GetCredits()).Available);
        Assert.DoesNotContain("heals/q", (await Run()).HealedPurchases);
    }

    [Fact]
    public async Task A_top_up_whose_silo_died_before_anybody_was_reminded_of_it_is_looked_after()
    {
        // What such a silo leaves: the entries, and nothing else.
        var now = cluster.Clock.GetUtcNow();
        LedgerEntry Left(long sequence, EntryKind kind, EntryDetail? detail = null) => new() { Sequence = sequence, OperationId = $"left-{sequence}", Kind = kind, At = now, Detail = detail };
        LedgerEntry[] left =
        [
            Left(1, EntryKind.Opened),
            Left(2, EntryKind.AutoTopUpSet, new() { Settings = new() { Enabled = true, Threshold = 50, Credits = 1_000 } }),
            Left(3, EntryKind.TopUpStarted, new() { PurchaseId = "top-up-3" }),
        ];

        // Accounts that can not be read keep none from its turn, however many come before it.
        var broken = Enumerable.Range(10, 16).Select(number => $"left-a{number}").ToArray();
        await cluster.Ledger.Append([new("left-alone", [.. left]), .. broken.Select(id => new LedgerAppend(id, [.. left]))], CancellationToken.None);
        foreach (var id in broken) cluster.Ledger.Generate(id, 3, _ => throw new IOException("This account can not be read."));
        var purchase = cluster.Purchase("left-alone/top-up-3");
        Assert.Null(await purchase.Get());

        await cluster.Reconciliation.AsReference<IRemindable>().ReceiveReminder("reconcile", default);

        Assert.Equal(FailureCode.NoCard, (await cluster.Until(purchase, view => view.Status == PurchaseStatus.Failed)).Failure!.Code);
        foreach (var id in broken) cluster.Ledger.Truncate(id, 0);
    }

    [Fact]
    public async Task A_run_on_demand_checks_every_account_first_and_is_joined_until_it_has_ended()
    {
        await cluster.Bought("checked");
        Old();
        var intents = HoldIntents();
        var id = await cluster.Reconciliation.Start("kate");
        await intents.Reached();

        var report = (await cluster.Reconciliation.Get(id))!;
        var accounts = await cluster.Ledger.ListAccounts("", int.MaxValue, CancellationToken.None);
        Assert.Equal((ReconciliationStatus.Running, true, (long)accounts.Length, 0L), (report.Status, report.Accounts!.Ended, report.Accounts.Accounts, report.Accounts.FindingCount));
        Assert.Equal(accounts.Sum(account => cluster.Ledger.Of(account).Where(entry => entry.Kind == EntryKind.Grant).Sum(entry => entry.Credits)), report.Accounts.Totals.Granted);
        Assert.Equal(id, await cluster.Reconciliation.Start("anna"));

        intents.Release();
        await cluster.Until(async () => await Ended(id) is not null);
        Assert.Equal((ReconciliationStatus.Completed, "kate"), ((await Ended(id))!.Status, (await Ended(id))!.Actor));
        Assert.NotEqual(id, (await Run()).Id);
    }

    [Fact]
    public async Task An_account_that_can_not_be_checked_is_looked_at_again_and_a_finding_in_the_end()
    {
        string[] broken = ["broken-for-good", "broken-for-now"];
        var opened = new LedgerEntry { Sequence = 1, OperationId = "opened", Kind = EntryKind.Opened, At = cluster.Clock.GetUtcNow() };
        await cluster.Ledger.Append([.. broken.Select(id => new LedgerAppend(id, [opened]))], CancellationToken.None);
        foreach (var account in broken) cluster.Ledger.Generate(account, 1, _ => throw new IOException("This account can not be read."));
        var intents = HoldIntents();
        var id = await cluster.Reconciliation.Start("kate");
        await intents.Reached();
        var before = (await cluster.Reconciliation.Get(id))!.Accounts!;
        Assert.Equal((false, 0L), (before.Ended, before.FindingCount));

        cluster.Ledger.Mend("broken-for-now");
        intents.Release();
        await cluster.Until(async () => await Ended(id) is not null);
        var after = (await Ended(id))!.Accounts!;
        Assert.Equal((true, before.Accounts + 2, 1L), (after.Ended, after.Accounts, after.FindingCount));
        var finding = Assert.Single(after.Findings);
        Assert.Equal("broken-for-good", finding.AccountId);
        Assert.Contains("could not be checked", Assert.Single(finding.Messages), StringComparison.Ordinal);
        cluster.Ledger.Truncate("broken-for-good", 0);
    }

    [Fact]
    public async Task Charges_that_no_purchase_accounts_for_are_findings()
    {
        await cluster.Bought("strange");
        var nobodys = await Charge("strange", 500, null);
        var malformed = await Charge("strange", 500, "strange/a/b");
        var unknown = await Charge("strange", 500, "strange/never");
        var second = await Charge("strange", 9_790, "strange/q");
        Old();

        var findings = (await Run()).Findings;

        Assert.Equal(PaymentFindingKind.ForeignPayment, Of(nobodys).Kind);
        Assert.Equal(PaymentFindingKind.ForeignPayment, Of(malformed).Kind);
        Assert.Equal((PaymentFindingKind.UnknownPurchase, "strange/never"), (Of(unknown).Kind, Of(unknown).Purchase));
        Assert.Equal((PaymentFindingKind.SecondPayment, "strange/q"), (Of(second).Kind, Of(second).Purchase));
        Assert.Contains("9790 AUD", Of(second).Words, StringComparison.Ordinal);

        PaymentFinding Of(string intent) => Assert.Single(findings, finding => finding.IntentId == intent);
    }

    [Fact]
    public async Task Credits_that_no_charge_paid_for_are_findings()
    {
        await cluster.OpenAccount("unpaid");
        var ghost = new Grant { OperationId = "purchase:ghost", Credits = 100, Source = GrantSource.Purchase, PurchaseId = "ghost", Paid = 979 };
        Assert.True((await cluster.Account("unpaid").Grant(ghost)).Holds);
        var bought = await cluster.Bought("declined-one");
        Old();

        var report = await Run();

        var finding = Assert.Single(report.Findings, finding => finding.Purchase == "unpaid/ghost");
        Assert.Equal(PaymentFindingKind.CreditsWithoutPayment, finding.Kind);
        Assert.DoesNotContain(report.Findings, finding => finding.IntentId == bought);
    }

    [Fact]
    public async Task Refunds_and_disputes_that_nobody_told_of_are_settled()
    {
        var refunded = await cluster.Bought("refunded");
        await cluster.Stripe.V1.Refunds.CreateAsync(new RefundCreateOptions { PaymentIntent = refunded, Amount = 979 });
        var disputed = await cluster.Bought("disputed");
        await cluster.Bank("/disputes", new { paymentIntent = disputed });
        var warned = await cluster.Bought("warned");
        await cluster.Bank("/early_fraud_warnings", new { paymentIntent = warned });
        Old();

        var report = await Run();

        Assert.Contains("refunded/q", report.HealedPurchases);
        Assert.Contains("disputed/q", report.HealedPurchases);
        Assert.Contains("warned/q", report.HealedPurchases);
        Assert.Contains(cluster.Ledger.Of("warned"), entry => entry.Detail?.Suspended == SuspensionReason.EarlyFraudWarning);
        Assert.Equal((100L, 1_000L), ((await cluster.Account("refunded").GetCredits()).Totals.Revoked, (await cluster.Account("disputed").GetCredits()).Totals.Revoked));
        Assert.DoesNotContain((await Run()).HealedPurchases, key => key is "refunded/q" or "disputed/q" or "warned/q");
    }

    [Fact]
    public async Task Any_number_of_intents_is_gone_through_page_by_page()
    {
        await cluster.OpenAccount("many");
        var customer = (await cluster.Cards("many").Choose(null))!.CustomerId;
        var last = "";
        for (var i = 0; i < 230; i++)
            last = (await cluster.Stripe.V1.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions { Amount = 100, Currency = "aud", Customer = customer })).Id;
        await PaidUnseen("behind-many");
        Old();

        var report = await Run();

        Assert.True(report.Intents >= 231, $"{report.Intents}");
        Assert.True(cluster.Gateway.Asked.Count(asked => asked.StartsWith("intents after pi_", StringComparison.Ordinal)) >= 2);
        Assert.Equal(1_000, (await cluster.Account("behind-many").GetCredits()).Available);
    }

    [Fact]
    public async Task While_Stripe_is_down_a_run_fails_in_words_and_the_next_one_does_its_work()
    {
        cluster.Faults.Down = true;
        var failed = await Run();
        cluster.Faults.Down = false;
        Assert.Equal(ReconciliationStatus.Failed, failed.Status);
        Assert.Contains("Stripe", failed.Failure, StringComparison.Ordinal);
        Assert.NotNull(failed.EndedAt);
        Assert.True(failed.Accounts!.Ended);
        Assert.Equal(ReconciliationStatus.Completed, (await Run()).Status);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task A_save_that_is_lost_in_the_middle_goes_on_with_the_next_reminder(int save)
    {
        var account = $"lost-save-{save}";
        await PaidUnseen(account);
        var saves = 0;
        cluster.Storage.Written = (state, _) =>
        {
            if (state == "reconciliation" && Interlocked.Increment(ref saves) == save) cluster.Storage.FailAfterStoring["reconciliation"] = 1;
        };
        var id = await cluster.Reconciliation.Start("kate");
        await cluster.Until(async () =>
        {
            await ((Task)cluster.Tick(cluster.Reconciliation, "reconcile")).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            return await Ended(id) is not null;
        });
        cluster.Storage.Written = null;
        Assert.True(saves >= 3);
        Assert.Equal(ReconciliationStatus.Completed, (await Ended(id))!.Status);
        Assert.Equal(1_000, (await cluster.Account(account).GetCredits()).Available);
    }

    [Fact]
    public async Task A_reminder_waits_for_nothing_once_a_save_beside_it_was_lost()
    {
        Old();
        var intents = HoldIntents();
        await cluster.Reconciliation.Start("kate");
        await intents.Reached();
        Task tick;
        using (var held = cluster.Ledger.HoldTopUps())
        {
            tick = cluster.Tick(cluster.Reconciliation, "reconcile");
            await held.Reached;
            cluster.Storage.FailAfterStoring["reconciliation"] = 1;
            intents.Release();
            await cluster.Until(() => Task.FromResult(cluster.Storage.FailAfterStoring["reconciliation"] == 0));
        }

        // The clock stands still.
        await Assert.ThrowsAsync<AccountUnavailableException>(() => tick);
        // The next activation has read the run that was stored.
        await cluster.Until(async () => await Latest() is { Status: ReconciliationStatus.Completed });
    }

    [Fact]
    public async Task A_run_that_comes_further_is_not_given_up_however_long_it_takes()
    {
        await cluster.OpenAccount("slow-run");
        var customer = (await cluster.Cards("slow-run").Choose(null))!.CustomerId;
        for (var i = 0; i < 101; i++) await cluster.Stripe.V1.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions { Amount = 100, Currency = "aud", Customer = customer });
        Old();
        var intents = HoldIntents();

        var id = await cluster.Reconciliation.Start("kate");
        await intents.Reached();
        cluster.Clock.Advance(TimeSpan.FromHours(7));
        intents.Release();

        await cluster.Until(async () => await Ended(id) is not null);
        Assert.Equal(ReconciliationStatus.Completed, (await Ended(id))!.Status);
    }

    [Fact]
    public async Task A_run_that_nobody_took_up_for_six_hours_is_given_up_and_the_next_one_does_its_work()
    {
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var saves = 0;
        cluster.Storage.Written = (state, _) =>
        {
            if (state != "reconciliation" || Interlocked.Increment(ref saves) != 2) return;

            cluster.Storage.FailAfterStoring["reconciliation"] = 1;
            lost.SetResult();
        };
        var id = await cluster.Reconciliation.Start("kate");
        await lost.Task;
        cluster.Storage.Written = null;
        cluster.Clock.Advance(TimeSpan.FromHours(7));

        await cluster.Until(async () =>
        {
            await ((Task)cluster.Tick(cluster.Reconciliation, "reconcile")).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            return await Ended(id) is not null;
        });
        Assert.Equal((ReconciliationStatus.Abandoned, "It was interrupted and not taken up again in time."), ((await Ended(id))!.Status, (await Ended(id))!.Failure));
        Assert.Equal(ReconciliationStatus.Completed, (await Run()).Status);
    }

    [Fact]
    public async Task The_reminder_runs_daily_over_the_long_window_and_hourly_over_the_short_one()
    {
        await Run();
        cluster.Clock.Advance(TimeSpan.FromHours(1));
        await Tick();
        Assert.Equal((ReconciliationKind.Hourly, TimeSpan.FromHours(48)), Latest(await cluster.Reconciliation.List()));
        cluster.Clock.Advance(TimeSpan.FromHours(23));
        await Tick();
        Assert.Equal((ReconciliationKind.Daily, TimeSpan.FromDays(35)), Latest(await cluster.Reconciliation.List()));
        await cluster.Reconciliation.Ensure();
        await cluster.Reconciliation.Ensure();
        Assert.Equal(1, await cluster.Reminders(cluster.Reconciliation));

        static (ReconciliationKind, TimeSpan) Latest(System.Collections.Immutable.ImmutableArray<ReconciliationReport> reports) => (reports[0].Kind, reports[0].StartedAt - reports[0].Since);
    }

    [Fact]
    public async Task The_last_fifty_reports_are_kept_and_one_with_findings_outlives_quiet_ones()
    {
        await Charge("kept", 500, null);
        Old();
        var loud = await Run();
        Assert.True(loud.FindingCount > 0);
        cluster.Clock.Advance(TimeSpan.FromDays(36));
        for (var i = 0; i < 55; i++) await Run();
        var reports = await cluster.Reconciliation.List();
        Assert.Equal(50, reports.Length);
        Assert.Contains(reports, report => report.Id == loud.Id);
        Assert.Equal(reports.Length, reports.Select(report => report.Id).Distinct().Count());
    }

    // A purchase that was charged, while nothing that could tell of it came through, and that waits for its next try.
    private async Task PaidUnseen(string account)
    {
        await cluster.OpenAccount(account);
        var purchase = cluster.Purchase(account + "/q");
        await purchase.Quote(1_000);
        cluster.Faults.Add([
            new() { PathContains = "/confirm", Kind = StripeFaultKind.ServerError, When = StripeFaultTime.After },
            new() { Method = "GET", PathContains = "/v1/payment_intents/", Kind = StripeFaultKind.Reset, Count = 10_000 },
        ]);
        await cluster.Drive(purchase.Confirm(new() { Actor = "anna" }), purchase);
        var later = cluster.Clock.GetUtcNow().AddMinutes(7);
        await cluster.Until(purchase, _ => cluster.Clock.GetUtcNow() >= later);
        cluster.Faults.Clear();
    }

    private async Task<string> Charge(string account, long amount, string? purchaseKey)
    {
        await cluster.OpenAccount(account);
        var card = (await cluster.Cards(account).Choose(null))!;
        return (await cluster.Stripe.V1.PaymentIntents.CreateAsync(new PaymentIntentCreateOptions
        {
            Amount = amount, Currency = "aud", Customer = card.CustomerId, PaymentMethod = card.Card.Id, Confirm = true, ReturnUrl = "http://127.0.0.1/",
            AllowedPaymentMethodTypes = ["card"], Metadata = purchaseKey is null ? [] : new() { ["purchase_id"] = purchaseKey },
        })).Id;
    }

    private void Old() => cluster.Clock.Advance(TimeSpan.FromMinutes(6));

    // Runs wait before their first question to Stripe.
    private (Func<Task> Reached, Action Release) HoldIntents()
    {
        var slow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = Asked();
        cluster.Gateway.Hold("intents after ", slow.Task);
        return (Reached, slow.SetResult);

        async Task Reached()
        {
            while (Asked() == asked) await cluster.Reconciliation.List();
        }

        // Of a purchase that goes on beside it there may be other questions.
        int Asked() => cluster.Gateway.Asked.Count(what => what.StartsWith("intents after ", StringComparison.Ordinal));
    }

    private async Task<ReconciliationReport> Run()
    {
        var id = await cluster.Reconciliation.Start("kate");
        await cluster.Until(async () => await Ended(id) is not null);
        return (await Ended(id))!;
    }

    private async Task<ReconciliationReport?> Latest()
    {
        try
        {
            return (await cluster.Reconciliation.List())[0];
        }
        catch (Exception error) when (error is AccountUnavailableException or Orleans.Runtime.OrleansMessageRejectionException)
        {
            return null;
        }
    }

    private async Task<ReconciliationReport?> Ended(string id)
    {
        try
        {
            return await cluster.Reconciliation.Get(id) is { EndedAt: not null } report ? report : null;
        }
        catch (Exception error) when (error is AccountUnavailableException or Orleans.Runtime.OrleansMessageRejectionException)
        {
            return null;
        }
    }

    private async Task Tick()
    {
        var tick = cluster.Tick(cluster.Reconciliation, "reconcile");
        await cluster.Until(() => Task.FromResult(tick.IsCompleted));
        await tick;

        // The clock may have been moved past the tick's own wait.
        await cluster.Until(async () => (await cluster.Reconciliation.List())[0].EndedAt is not null);
    }
}

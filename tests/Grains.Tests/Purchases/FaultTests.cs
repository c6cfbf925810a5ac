using Connect.Accounts;
using Connect.Purchases;
using Connect.Sandbox.Stripe;

namespace Connect.Grains.Tests.Purchases;

/// <summary>Stripe, the network and storage misbehave, each in turn: every purchase ends with one charge and its credits, or with neither.</summary>
public sealed class FaultTests(PurchaseCluster cluster) : IClassFixture<PurchaseCluster>
{
    private const string Create = "/v1/payment_intents";
    private const string Confirm = "/confirm";

    public static TheoryData<string, StripeFaultKind, StripeFaultTime, int> Faults()
    {
        var data = new TheoryData<string, StripeFaultKind, StripeFaultTime, int>();
        foreach (var path in new[] { Create, Confirm })
            foreach (var kind in Enum.GetValues<StripeFaultKind>().Except([StripeFaultKind.Slow]))
                foreach (var time in Enum.GetValues<StripeFaultTime>())
                    data.Add(path, kind, time, kind == StripeFaultKind.Hang ? 1 : 3);
        return data;
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_technical_failure_ends_in_one_charge_and_its_credits(string path, StripeFaultKind kind, StripeFaultTime time, int count)
    {
        var account = $"{(path == Confirm ? "confirm" : "create")}-{kind}-{time}";
        await cluster.OpenAccount(account);
        var purchase = cluster.Purchase(account + "/q");
        await purchase.Quote(1_000);
        cluster.Faults.Add([new() { Method = "POST", PathContains = path, Kind = kind, When = time, Count = count }]);

        await cluster.Drive(purchase.Confirm(new() { Actor = "anna" }), purchase);
        var ended = await cluster.Until(purchase, view => view.Status != PurchaseStatus.Processing);
        cluster.Faults.Clear();

        Assert.Equal(PurchaseStatus.Succeeded, ended.Status);
        await AssertOneCharge(account);
    }

    [Fact]
    public async Task A_decline_whose_answer_is_lost_is_a_decline()
    {
        await cluster.OpenAccount("lost-decline", PurchaseCluster.AttachesThenDeclines);
        var purchase = cluster.Purchase("lost-decline/q");
        await purchase.Quote(1_000);
        cluster.Faults.Add([new() { PathContains = Confirm, Kind = StripeFaultKind.ServerError, When = StripeFaultTime.After }]);

        var ended = (await cluster.Drive(purchase.Confirm(new() { Actor = "anna" }), purchase)).Purchase!;

        Assert.Equal((PurchaseStatus.Failed, FailureCode.CardDeclined), (ended.Status, ended.Failure!.Code));
        await AssertNoCharge("lost-decline");
    }

    [Fact]
    public async Task Stripe_down_for_minutes_answers_processing_and_then_finishes()
    {
        await cluster.OpenAccount("down");
        var purchase = cluster.Purchase("down/q");
        await purchase.Quote(1_000);
        cluster.Faults.Down = true;

        var waiting = (await cluster.Drive(purchase.Confirm(new() { Actor = "anna" }), purchase)).Purchase!;
        Assert.Equal((PurchaseStatus.Processing, "Requested"), (waiting.Status, waiting.State));
        var up = cluster.Clock.GetUtcNow().AddMinutes(5);
        await cluster.Until(purchase, _ => cluster.Clock.GetUtcNow() >= up);
        cluster.Faults.Down = false;

        await cluster.Until(purchase, view => view.Status == PurchaseStatus.Succeeded);
        await AssertOneCharge("down");
    }

    [Fact]
    public async Task Stripe_down_for_too_long_ends_a_manual_purchase_uncharged()
    {
        await cluster.OpenAccount("gone");
        var purchase = cluster.Purchase("gone/q");
        await purchase.Quote(1_000);
        cluster.Faults.Down = true;
        await cluster.Drive(purchase.Confirm(new() { Actor = "anna" }), purchase);

        var ended = await cluster.Until(purchase, view => view.Status != PurchaseStatus.Processing);
        cluster.Faults.Down = false;

        Assert.Equal((PurchaseStatus.Failed, FailureCode.Canceled), (ended.Status, ended.Failure!.Code));
        await AssertNoCharge("gone");
    }

    [Fact]
    public async Task A_confirm_that_stays_unknown_is_fenced_by_a_cancel()
    {
        await cluster.OpenAccount("fenced");
        var purchase = cluster.Purchase("fenced/q");
        await purchase.Quote(1_000);
        cluster.Faults.Add([new() { PathContains = Confirm, Kind = StripeFaultKind.HtmlUnavailable, Count = 10_000 }]);
        await cluster.Drive(purchase.Confirm(new() { Actor = "anna" }), purchase);

        var ended = await cluster.Until(purchase, view => view.Status != PurchaseStatus.Processing);
        cluster.Faults.Clear();

        Assert.Equal((PurchaseStatus.Failed, "Canceled"), (ended.Status, ended.State));
        Assert.Equal("canceled", (await cluster.Stripe.V1.PaymentIntents.GetAsync(ended.PaymentIntentId)).Status);
        await AssertNoCharge("fenced");
    }

    [Fact]
    public async Task A_charge_that_nobody_could_read_for_an_hour_still_brings_its_credits()
    {
        await cluster.OpenAccount("blind");
        var purchase = cluster.Purchase("blind/q");
        await purchase.Quote(1_000);
        cluster.Faults.Add([
            new() { PathContains = Confirm, Kind = StripeFaultKind.ServerError, When = StripeFaultTime.After },
            new() { Method = "GET", PathContains = Create, Kind = StripeFaultKind.Reset, Count = 10_000 },
        ]);
        await cluster.Drive(purchase.Confirm(new() { Actor = "anna" }), purchase);
        var later = cluster.Clock.GetUtcNow().AddHours(1);
        await cluster.Until(purchase, _ => cluster.Clock.GetUtcNow() >= later, TimeSpan.FromHours(2));
        cluster.Faults.Clear();

        await cluster.Until(purchase, view => view.Status == PurchaseStatus.Succeeded);
        await AssertOneCharge("blind");
    }

    [Fact]
    public async Task A_top_up_outlives_an_outage_and_is_charged_once_without_a_suspension()
    {
        await cluster.OpenAccount("outage");
        cluster.Faults.Add([new() { PathContains = Confirm, Kind = StripeFaultKind.TooManyRequests, Count = 10_000 }]);
        var settings = new AutoTopUpSettings { Enabled = true, Threshold = 100, Credits = 1_000 };
        await cluster.Account("outage").SetAutoTopUp(new SetAutoTopUp { OperationId = "settings", Settings = settings });
        var key = "outage/" + (await cluster.Account("outage").GetCredits()).AutoTopUp.PurchaseId;
        var purchase = cluster.Purchase(key);
        await cluster.Until(purchase, view => view.State == "Requested" && cluster.Gateway.Asked.Contains("cancel"));
        Assert.Equal(AutoTopUpStatus.InFlight, (await cluster.Account("outage").GetCredits()).AutoTopUp.Status);
        cluster.Faults.Clear();

        await cluster.Until(purchase, view => view.Status == PurchaseStatus.Succeeded);

        Assert.Single(await cluster.Charged(key));
        Assert.Contains($"confirm pi:{key}:2:c1", cluster.Gateway.Asked);
        Assert.Equal((1_000, AutoTopUpStatus.Armed), ((await cluster.Account("outage").GetCredits()).Available, (await cluster.Account("outage").GetCredits()).AutoTopUp.Status));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_save_whose_answer_is_lost_reloads_and_the_reminder_finishes_it(int save)
    {
        var account = $"save-{save}";
        await cluster.OpenAccount(account);
        var purchase = cluster.Purchase(account + "/q");
        await purchase.Quote(1_000);
        var saves = 0;
        cluster.Storage.Written = (state, _) =>
        {
            if (state == "purchase" && Interlocked.Increment(ref saves) == save) cluster.Storage.FailAfterStoring["purchase"] = 1;
        };

        var confirming = purchase.Confirm(new() { Actor = "anna" });
        await ((Task)cluster.Drive(confirming, purchase)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        cluster.Storage.Written = null;
        await cluster.Tick(purchase, "purchase");

        await cluster.Until(purchase, view => view.Status == PurchaseStatus.Succeeded);
        await AssertOneCharge(account);
    }

    [Theory]
    [InlineData(PurchaseCluster.Visa, PurchaseStatus.Succeeded)]
    [InlineData(PurchaseCluster.AttachesThenDeclines, PurchaseStatus.Failed)]
    public async Task A_crash_after_any_save_ends_as_if_there_had_been_none(string card, PurchaseStatus status)
    {
        // Everything after the save has happened outside, and nothing of it was remembered: the worst a crash can leave.
        var account = $"crash-{status}";
        await cluster.OpenAccount(account, card);
        var purchase = cluster.Purchase(account + "/q");
        var saved = new List<string>();
        await purchase.Quote(1_000);
        cluster.Storage.Written = (state, json) =>
        {
            if (state == "purchase") saved.Add(json);
        };
        await purchase.Confirm(new() { Actor = "anna" });
        await cluster.Until(async () => await cluster.Reminders(purchase) == 0);
        cluster.Storage.Written = null;
        Assert.InRange(saved.Count, 6, 7);

        foreach (var json in saved)
        {
            await cluster.Deactivate();
            cluster.Storage.Restore("purchase", account + "/q", json);
            Assert.Equal(status, (await cluster.Until(purchase, view => view.Status != PurchaseStatus.Processing)).Status);
            await cluster.Tick(purchase, "purchase");
            Assert.Equal(status == PurchaseStatus.Succeeded ? 1 : 0, (await cluster.Charged(account + "/q")).Length);
            Assert.Equal(status == PurchaseStatus.Succeeded ? 1_000 : 0, (await cluster.Account(account).GetCredits()).Totals.Granted);
        }
    }

    private async Task AssertOneCharge(string account)
    {
        Assert.Equal(9_790, Assert.Single(await cluster.Charged(account + "/q")));
        var grant = Assert.Single((await cluster.Account(account).ReadLedger(0, 100)).Entries, entry => entry.Kind == EntryKind.Grant);
        Assert.Equal((1_000, "purchase:q"), (grant.Credits, grant.OperationId));
        await cluster.Until(async () => await cluster.Reminders(cluster.Purchase(account + "/q")) == 0);
    }

    private async Task AssertNoCharge(string account)
    {
        Assert.Empty(await cluster.Charged(account + "/q"));
        Assert.Equal(0, (await cluster.Account(account).GetCredits()).Totals.Granted);
        await cluster.Until(async () => await cluster.Reminders(cluster.Purchase(account + "/q")) == 0);
    }
}

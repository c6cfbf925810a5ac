using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Purchases;
using static Connect.Grains.Tests.Accounts.Engine.Build;

namespace Connect.Grains.Tests.Accounts.Engine;

public sealed class AutoTopUpTests
{
    private static Build Armed(long credits = 100, long threshold = 50, long? cap = null)
    {
        var account = AccountWith((credits, Noon.AddDays(1)));
        account.Do(TopUp("set", threshold, 200, cap), Noon);
        return account;
    }

    private static Grant PaidBy(string purchase, long paid = 1_000) => Grant("purchase:" + purchase, 200) with { Source = GrantSource.AutoTopUp, PurchaseId = purchase, Paid = paid };

    private static SuspendAutoTopUp Suspend(string purchase, SuspensionReason reason, string operationId = "s") => new() { OperationId = operationId, PurchaseId = purchase, Reason = reason };

    [Fact]
    public void A_debit_that_takes_the_balance_below_the_threshold_starts_one_purchase_in_the_same_append()
    {
        var account = Armed();
        Assert.Single(account.Do(Debit("to the threshold", 50L), Noon).Entries);

        var decision = account.Do(Debit("below", 1L), Noon);

        Assert.Equal([EntryKind.Debit, EntryKind.TopUpStarted], decision.Entries.Select(entry => entry.Kind));
        Assert.Equal("top-up-6", account.State.AutoTopUp.InFlight);
        Assert.Equal(EntryKind.Debit, Assert.Single(account.Do(Debit("further below", 1L), Noon).Entries).Kind);
    }

    [Fact]
    public void An_expiry_starts_one_too()
    {
        var account = Armed();
        Assert.Equal([EntryKind.Expire, EntryKind.TopUpStarted], account.Tick(Noon.AddDays(1)).Entries.Select(entry => entry.Kind));
    }

    [Fact]
    public void Switching_it_on_below_the_threshold_starts_one_at_once()
    {
        var account = AccountWith((10, Noon.AddDays(1)));
        Assert.Equal([EntryKind.AutoTopUpSet, EntryKind.TopUpStarted], account.Do(TopUp("set", 50, 200), Noon).Entries.Select(entry => entry.Kind));
    }

    [Fact]
    public void Switched_off_it_starts_none()
    {
        var account = AccountWith((10, Noon.AddDays(1)));
        account.Do(TopUp("set", 50, 200, enabled: false), Noon);
        Assert.Single(account.Do(Debit("d", 10L), Noon).Entries);
        Assert.Equal("Auto top-up is off.", AutoTopUpRules.View(account.State, Noon).Reason);
    }

    [Fact]
    public void The_grant_of_its_purchase_arms_it_again()
    {
        var account = Armed();
        account.Do(Debit("d", 60L), Noon);
        var purchase = account.State.AutoTopUp.InFlight!;
        Assert.Equal(AutoTopUpStatus.InFlight, AutoTopUpRules.View(account.State, Noon).Status);

        account.Do(PaidBy(purchase), Noon);

        Assert.Equal(AutoTopUpStatus.Armed, AutoTopUpRules.View(account.State, Noon).Status);
        Assert.Equal(EntryKind.TopUpStarted, account.Do(Debit("again", 200L), Noon).Entries[^1].Kind);
    }

    [Fact]
    public void The_grant_of_another_purchase_leaves_it_in_flight()
    {
        var account = Armed();
        account.Do(Debit("d", 60L), Noon);
        account.Do(PaidBy("other") with { Source = GrantSource.Purchase }, Noon);
        Assert.NotNull(account.State.AutoTopUp.InFlight);
    }

    [Fact]
    public void A_suspended_one_starts_nothing_until_it_is_resumed_and_then_tries_at_once()
    {
        var account = Armed();
        account.Do(Debit("d", 60L), Noon);
        account.Do(Suspend(account.State.AutoTopUp.InFlight!, SuspensionReason.CardDeclined) with { Message = "the card ending 0341 was declined. Update the card." }, Noon);

        Assert.Single(account.Do(Debit("e", 1L), Noon).Entries);
        var view = AutoTopUpRules.View(account.State, Noon);
        Assert.Equal((AutoTopUpStatus.Suspended, SuspensionReason.CardDeclined), (view.Status, view.SuspendedBecause));
        Assert.Equal("Paused: the card ending 0341 was declined. Update the card.", view.Reason);

        var resumed = account.Do(new ResumeAutoTopUp { OperationId = "card" }, Noon);
        Assert.Equal([EntryKind.AutoTopUpResumed, EntryKind.TopUpStarted], resumed.Entries.Select(entry => entry.Kind));
    }

    public static TheoryData<SuspensionReason, ResumeCause, bool> Resumes => new()
    {
        { SuspensionReason.CardDeclined, ResumeCause.Card, true },
        { SuspensionReason.CardDeclined, ResumeCause.Owner, true },
        { SuspensionReason.CardDeclined, ResumeCause.Operator, true },
        { SuspensionReason.CardExpired, ResumeCause.Card, true },
        { SuspensionReason.CardExpired, ResumeCause.Owner, true },
        { SuspensionReason.CardExpired, ResumeCause.Operator, true },
        { SuspensionReason.NoCard, ResumeCause.Card, true },
        { SuspensionReason.NoCard, ResumeCause.Owner, true },
        { SuspensionReason.NoCard, ResumeCause.Operator, true },
        { SuspensionReason.AuthenticationRequired, ResumeCause.Card, true },
        { SuspensionReason.AuthenticationRequired, ResumeCause.Owner, true },
        { SuspensionReason.AuthenticationRequired, ResumeCause.Operator, true },
        { SuspensionReason.MonthlyCap, ResumeCause.Card, false },
        { SuspensionReason.MonthlyCap, ResumeCause.Owner, false },
        { SuspensionReason.MonthlyCap, ResumeCause.Operator, true },
        { SuspensionReason.NeedsReview, ResumeCause.Card, false },
        { SuspensionReason.NeedsReview, ResumeCause.Owner, false },
        { SuspensionReason.NeedsReview, ResumeCause.Operator, true },
        { SuspensionReason.Dispute, ResumeCause.Card, false },
        { SuspensionReason.Dispute, ResumeCause.Owner, false },
        { SuspensionReason.Dispute, ResumeCause.Operator, true },
        { SuspensionReason.EarlyFraudWarning, ResumeCause.Card, false },
        { SuspensionReason.EarlyFraudWarning, ResumeCause.Owner, false },
        { SuspensionReason.EarlyFraudWarning, ResumeCause.Operator, true },
    };

    [Fact]
    public void What_happened_before_the_last_attempt_does_not_end_what_that_attempt_ran_into()
    {
        var account = Armed();
        account.Do(Debit("d", 60L), Noon);
        account.Do(Suspend(account.State.AutoTopUp.InFlight!, SuspensionReason.CardDeclined), Noon.AddSeconds(5));
        var late = new ResumeAutoTopUp { OperationId = "late", Cause = ResumeCause.Card, Since = Noon.AddMilliseconds(-1) };

        Assert.Equal(PostOutcome.NotApplicable, account.Do(late, Noon.AddMinutes(1)).Result.Outcome);
        Assert.Equal(PostOutcome.Posted, account.Do(late with { OperationId = "in time", Since = Noon }, Noon.AddMinutes(1)).Result.Outcome);
    }

    [Theory, MemberData(nameof(Resumes))]
    public void A_suspension_ends_only_by_what_re_enables_its_reason(SuspensionReason reason, ResumeCause cause, bool resumes)
    {
        var account = Armed();
        account.Do(Debit("d", 60L), Noon);
        account.Do(Suspend(account.State.AutoTopUp.InFlight!, reason), Noon);

        var decision = account.Do(new ResumeAutoTopUp { OperationId = "r", Cause = cause }, Noon);

        Assert.Equal(resumes ? PostOutcome.Posted : PostOutcome.NotApplicable, decision.Result.Outcome);
        Assert.Equal(resumes ? [EntryKind.AutoTopUpResumed, EntryKind.TopUpStarted] : [], decision.Entries.Select(entry => entry.Kind));
        Assert.Equal(resumes ? null : reason, account.State.AutoTopUp.Suspended);
    }

    [Fact]
    public void Every_reason_and_cause_has_its_case() =>
        Assert.Equal(Enum.GetValues<SuspensionReason>().Length * Enum.GetValues<ResumeCause>().Length, Resumes.Count);

    [Fact]
    public void The_same_operation_with_another_cause_is_another_command()
    {
        long[] digests = [.. Enum.GetValues<ResumeCause>().Select(cause => Fingerprint.Of(new ResumeAutoTopUp { OperationId = "r", Cause = cause }))];
        Assert.Equal(digests.Length, digests.Distinct().Count());
    }

    [Fact]
    public void Suspending_for_another_purchase_or_resuming_an_armed_one_does_nothing()
    {
        var account = Armed();
        Assert.Equal(PostOutcome.NotApplicable, account.Do(Suspend("unknown", SuspensionReason.NoCard), Noon).Result.Outcome);
        Assert.Equal(PostOutcome.NotApplicable, account.Do(new ResumeAutoTopUp { OperationId = "r" }, Noon).Result.Outcome);
        account.Do(Debit("d", 60L), Noon);
        Assert.Equal(PostOutcome.NotApplicable, account.Do(Suspend("unknown", SuspensionReason.NoCard, "s2"), Noon).Result.Outcome);
        Assert.NotNull(account.State.AutoTopUp.InFlight);
    }

    [Fact]
    public void The_monthly_cap_counts_what_was_charged_and_starts_anew_each_month()
    {
        var account = Armed(cap: 1_500);
        account.Do(Debit("d", 60L), Noon);
        Assert.Equal(1_500, AutoTopUpRules.SpendLimit(account.State.AutoTopUp, Noon));
        account.Do(PaidBy(account.State.AutoTopUp.InFlight!), Noon);
        Assert.Equal(500, AutoTopUpRules.SpendLimit(account.State.AutoTopUp, Noon));
        Assert.Equal(1_500, AutoTopUpRules.SpendLimit(account.State.AutoTopUp, Noon.AddDays(9)));
    }

    [Fact]
    public void A_suspension_for_the_cap_ends_with_the_month_or_with_a_higher_cap()
    {
        var account = Armed(cap: 1_500);
        account.Do(Debit("d", 60L), Noon);
        account.Do(Suspend(account.State.AutoTopUp.InFlight!, SuspensionReason.MonthlyCap), Noon);
        Assert.Single(account.Do(Debit("e", 1L), Noon).Entries);
        Assert.Equal(AutoTopUpStatus.Suspended, AutoTopUpRules.Status(account.State.AutoTopUp, Noon));
        Assert.Equal(AutoTopUpStatus.Armed, AutoTopUpRules.Status(account.State.AutoTopUp, Noon.AddDays(9)));
        var (expiry, month) = (Noon.AddDays(1), new DateTimeOffset(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal((expiry, month), (AccountDecider.NextTick(account.State, Noon), AccountDecider.NextTick(account.Tick(expiry).State, expiry)));
        Assert.Null(AccountDecider.NextTick(account.State, month));
        Assert.DoesNotContain(account.Do(TopUp("lower", 50, 200, 1_400), Noon).Entries, entry => entry.Kind == EntryKind.TopUpStarted);
        Assert.Contains(account.Do(TopUp("higher", 50, 200, 5_000), Noon).Entries, entry => entry.Kind == EntryKind.TopUpStarted);
    }

    [Fact]
    public void New_settings_do_not_end_a_suspension_for_the_card()
    {
        var account = Armed();
        account.Do(Debit("d", 60L), Noon);
        account.Do(Suspend(account.State.AutoTopUp.InFlight!, SuspensionReason.CardExpired), Noon);
        Assert.Single(account.Do(TopUp("again", 60, 300), Noon).Entries);
    }

    [Theory]
    [InlineData(0, 100, null, false)]
    [InlineData(-1, 100, null, false)]
    [InlineData(100, 99, null, false)]
    [InlineData(100, 100, null, true)]
    [InlineData(100, 2_000_000_000, null, false)]
    [InlineData(100, 100, -1L, false)]
    public void Settings_are_sound_when_one_top_up_ends_the_shortfall(long threshold, long credits, long? cap, bool sound)
    {
        var outcome = AccountWith((500, Noon.AddDays(1))).Do(TopUp("set", threshold, credits, cap), Noon).Result.Outcome;
        Assert.Equal(sound ? PostOutcome.Posted : PostOutcome.InvalidSettings, outcome);
    }

    [Fact]
    public void Settings_must_be_buyable_and_the_cap_must_pay_for_one()
    {
        var price = new Price { Credits = 200, UnitPrice = 0.1m, Subtotal = Money.Aud(2_000), Tax = Money.Aud(200), Total = Money.Aud(2_200) };
        var settings = new AutoTopUpSettings { Enabled = true, Threshold = 1, Credits = 200 };
        Assert.Null(AutoTopUpRules.Misfit(settings, price));
        Assert.Equal(PriceMisfit.Credits, AutoTopUpRules.Misfit(settings, null));
        Assert.Null(AutoTopUpRules.Misfit(settings with { MonthlyCap = 2_200 }, price));
        Assert.Equal(PriceMisfit.MonthlyCap, AutoTopUpRules.Misfit(settings with { MonthlyCap = 2_199 }, price));
        Assert.Null(AutoTopUpRules.Misfit(settings with { Enabled = false }, null));
        Assert.Null(AutoTopUpRules.Misfit(settings with { Threshold = 201, MonthlyCap = 1 }, null));
    }

    [Fact]
    public void A_version_that_the_caller_did_not_see_is_refused()
    {
        var account = Armed();
        var version = AutoTopUpRules.View(account.State, Noon).Version;
        Assert.Equal(PostOutcome.VersionConflict, account.Do(TopUp("a", 60, 200) with { ExpectedVersion = version - 1 }, Noon).Result.Outcome);
        Assert.Equal(PostOutcome.Posted, account.Do(TopUp("b", 60, 200) with { ExpectedVersion = version }, Noon).Result.Outcome);
    }

    [Fact]
    public void It_says_why_it_is_not_buying()
    {
        var account = Armed();
        Assert.Equal("The balance of 100 is not below the threshold of 50.", AutoTopUpRules.View(account.State, Noon).Reason);
        account.Do(Debit("d", 60L), Noon);
        Assert.Equal("A top-up is in progress.", AutoTopUpRules.View(account.State, Noon).Reason);
    }
}

using Connect.Accounts;
using Connect.Grains.Accounts.Engine;
using Connect.Grains.Purchases.Engine;
using Connect.Purchases;

namespace Connect.Grains.Tests.Purchases.Engine;

/// <summary>Every way that a top-up fails, what it suspends auto top-up for, and what ends that.</summary>
public sealed class SuspensionTests
{
    public static TheoryData<FailureCode, SuspensionReason> Failures() => new()
    {
        { FailureCode.CardDeclined, SuspensionReason.CardDeclined },
        { FailureCode.InsufficientFunds, SuspensionReason.CardDeclined },
        { FailureCode.CardExpired, SuspensionReason.CardExpired },
        { FailureCode.AuthenticationRequired, SuspensionReason.AuthenticationRequired },
        { FailureCode.NoCard, SuspensionReason.NoCard },
        { FailureCode.MonthlyCap, SuspensionReason.MonthlyCap },
        { FailureCode.Canceled, SuspensionReason.NeedsReview },
        { FailureCode.NeedsReview, SuspensionReason.NeedsReview },
    };

    // Columns: a card that is new, updated or was charged with its owner present; the owner's retry; an operator.
    public static TheoryData<SuspensionReason, bool, bool, bool> Cures() => new()
    {
        { SuspensionReason.CardDeclined, true, true, true },
        { SuspensionReason.CardExpired, true, true, true },
        { SuspensionReason.NoCard, true, true, true },
        { SuspensionReason.AuthenticationRequired, true, true, true },
        { SuspensionReason.MonthlyCap, false, false, true },
        { SuspensionReason.NeedsReview, false, false, true },
        { SuspensionReason.Dispute, false, false, true },
        { SuspensionReason.EarlyFraudWarning, false, false, true },
    };

    [Theory]
    [MemberData(nameof(Failures))]
    public void A_failed_top_up_suspends_for(FailureCode failure, SuspensionReason reason) => Assert.Equal(reason, Grains.Purchases.Engine.Failures.SuspensionOf(failure));

    [Theory]
    [MemberData(nameof(Cures))]
    public void A_suspension_is_ended_by(SuspensionReason reason, bool card, bool owner, bool staff) => Assert.Equal(
        (card, owner, staff),
        (AutoTopUpRules.Resumes(reason, ResumeCause.Card), AutoTopUpRules.Resumes(reason, ResumeCause.Owner), AutoTopUpRules.Resumes(reason, ResumeCause.Operator)));

    [Fact]
    public void The_tables_name_every_failure_and_every_reason()
    {
        Assert.Equal(Enum.GetValues<FailureCode>().Order(), Failures().Select(row => (FailureCode)row[0]).Order());
        Assert.Equal(Enum.GetValues<SuspensionReason>().Order(), Cures().Select(row => (SuspensionReason)row[0]).Order());
    }

    [Theory]
    [MemberData(nameof(Cures))]
    public void Only_the_monthly_cap_ends_with_its_month(SuspensionReason reason, bool card, bool owner, bool staff)
    {
        _ = (card, owner, staff);
        var suspended = new AutoTopUpState
        {
            Settings = new() { Enabled = true, Threshold = 100, Credits = 1_000 }, Suspended = reason, SuspendedAt = new(2026, 11, 30, 23, 59, 59, TimeSpan.Zero),
        };
        Assert.Equal(AutoTopUpStatus.Suspended, AutoTopUpRules.Status(suspended, new(2026, 11, 30, 23, 59, 59, TimeSpan.Zero)));
        Assert.Equal(
            reason == SuspensionReason.MonthlyCap ? AutoTopUpStatus.Armed : AutoTopUpStatus.Suspended, AutoTopUpRules.Status(suspended, new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero)));
    }
}

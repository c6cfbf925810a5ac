using System.Globalization;
using Connect.Accounts;
using Connect.Purchases;

namespace Connect.Grains.Accounts.Engine;

/// <summary>The rules of auto top-up: which settings are sound, when it starts a purchase, what stops it, and why it is not buying.</summary>
public static class AutoTopUpRules
{
    /// <summary>
    /// Whether settings can be saved. Switched on, the quantity must cover the threshold: then one top-up always ends the shortfall that started it, and it can never fire for ever.
    /// </summary>
    public static bool AreSound(AutoTopUpSettings settings)
    {
        if (settings.Threshold is < 0 or > AccountLimits.MaxCredits || settings.Credits is < 0 or > AccountLimits.MaxCredits || settings.MonthlyCap is < 0) return false;
        return !settings.Enabled || (settings.Threshold >= 1 && settings.Credits >= settings.Threshold);
    }

    /// <summary>
    /// What the price list has against settings, or null: the quantity must be for sale, and the cap pay for at least one top-up. Settings that are off, or not sound by themselves, are no
    /// matter of prices.
    /// </summary>
    public static PriceMisfit? Misfit(AutoTopUpSettings settings, Price? price)
    {
        if (!settings.Enabled || !AreSound(settings)) return null;
        if (price is null) return PriceMisfit.Credits;
        return settings.MonthlyCap < price.Total.Amount ? PriceMisfit.MonthlyCap : null;
    }

    /// <summary>Whether a purchase starts now: on, nothing in flight, not suspended, and available credits below the threshold.</summary>
    public static bool ShouldStart(AccountState account, DateTimeOffset now) =>
        Status(account.AutoTopUp, now) == AutoTopUpStatus.Armed && account.Available < account.AutoTopUp.Settings.Threshold;

    /// <summary>Where it stands. A suspension for the monthly cap ends with its month.</summary>
    public static AutoTopUpStatus Status(AutoTopUpState topUp, DateTimeOffset now)
    {
        if (topUp.InFlight is not null) return AutoTopUpStatus.InFlight;
        if (!topUp.Settings.Enabled) return AutoTopUpStatus.Off;
        return topUp.Suspended switch
        {
            null => AutoTopUpStatus.Armed,
            SuspensionReason.MonthlyCap when Month(topUp.SuspendedAt ?? now) < Month(now) => AutoTopUpStatus.Armed,
            _ => AutoTopUpStatus.Suspended,
        };
    }

    /// <summary>When a suspension for the monthly cap ends by itself, or null when there is none that would: the first instant of the next month, UTC.</summary>
    public static DateTimeOffset? CapEnds(AutoTopUpState topUp) => topUp is { Settings.Enabled: true, Suspended: SuspensionReason.MonthlyCap, SuspendedAt: { } at }
        ? new DateTimeOffset(at.UtcDateTime.Year, at.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero).AddMonths(1)
        : null;

    /// <summary>
    /// Whether a suspension ends by that cause. What lies with the card ends with a card that works or a retry; what lies with the cap or an open payment takes an operator
    /// (a new month and a higher cap end the one for the cap by themselves).
    /// </summary>
    public static bool Resumes(SuspensionReason suspended, ResumeCause cause) => cause switch
    {
        ResumeCause.Operator => true,
        ResumeCause.Card or ResumeCause.Owner => suspended is
            SuspensionReason.CardDeclined or SuspensionReason.CardExpired or SuspensionReason.NoCard or SuspensionReason.AuthenticationRequired,
        _ => false,
    };

    /// <summary>Whether only an operator ends a suspension for that reason. Such a reason is never replaced by one that a card, the owner or a month could end.</summary>
    public static bool TakesOperator(SuspensionReason reason) => reason is SuspensionReason.NeedsReview or SuspensionReason.Dispute or SuspensionReason.EarlyFraudWarning;

    /// <summary>Minor units that auto top-up may still charge this month, or null without a cap.</summary>
    public static long? SpendLimit(AutoTopUpState topUp, DateTimeOffset now) =>
        topUp.Settings.MonthlyCap is { } cap ? Math.Max(0, cap - SpentThisMonth(topUp, now)) : null;

    /// <summary>Minor units charged in the calendar month (UTC) of <paramref name="now"/>.</summary>
    public static long SpentThisMonth(AutoTopUpState topUp, DateTimeOffset now) => topUp.SpendMonth == Month(now) ? topUp.SpentInMonth : 0;

    /// <summary>The state after an entry of auto top-up, or a grant that pays for one.</summary>
    public static AutoTopUpState Apply(AutoTopUpState topUp, LedgerEntry entry) => entry.Kind switch
    {
        EntryKind.AutoTopUpSet => Set(topUp, entry),
        EntryKind.TopUpStarted => topUp with
        {
            InFlight = entry.Detail!.PurchaseId,
            LastPurchaseId = entry.Detail.PurchaseId,
            LastAttemptAt = entry.At,
            Suspended = null,
            SuspensionMessage = "",
            SuspendedAt = null,
        },
        EntryKind.AutoTopUpSuspended => Suspend(topUp, entry),
        EntryKind.AutoTopUpResumed => topUp with { Suspended = null, SuspensionMessage = "", SuspendedAt = null },
        EntryKind.Grant => Granted(topUp, entry),
        _ => topUp,
    };

    /// <summary>The view for owners and operators.</summary>
    public static AutoTopUpView View(AccountState account, DateTimeOffset now)
    {
        var topUp = account.AutoTopUp;
        var status = Status(topUp, now);
        return new AutoTopUpView
        {
            Settings = topUp.Settings,
            Status = status,
            SuspendedBecause = status == AutoTopUpStatus.Suspended ? topUp.Suspended : null,
            Reason = Reason(account, status),
            PurchaseId = topUp.LastPurchaseId,
            LastAttemptAt = topUp.LastAttemptAt,
            SpentThisMonth = SpentThisMonth(topUp, now),
            Version = topUp.Version,
        };
    }

    private static string Reason(AccountState account, AutoTopUpStatus status) => status switch
    {
        AutoTopUpStatus.Off => "Auto top-up is off.",
        AutoTopUpStatus.InFlight => "A top-up is in progress.",
        AutoTopUpStatus.Suspended => "Paused: " + SuspensionSentence(account.AutoTopUp),
        _ when account.Available >= account.AutoTopUp.Settings.Threshold => string.Create(CultureInfo.InvariantCulture, $"The balance of {account.Available:N0} is not below the threshold of {account.AutoTopUp.Settings.Threshold:N0}."),
        _ => "A top-up is about to start.",
    };

    private static string SuspensionSentence(AutoTopUpState topUp) => topUp.SuspensionMessage.Length > 0
        ? topUp.SuspensionMessage
        : topUp.Suspended switch
        {
            SuspensionReason.CardDeclined => "the card was declined. Update the card.",
            SuspensionReason.CardExpired => "the card has expired. Update the card.",
            SuspensionReason.NoCard => "no card is saved. Add a card.",
            SuspensionReason.AuthenticationRequired => "the bank wants you to confirm. Set the card up again.",
            SuspensionReason.MonthlyCap => "the monthly cap is reached. It goes on next month, or with a higher cap.",
            SuspensionReason.Dispute => "a payment is disputed.",
            SuspensionReason.EarlyFraudWarning => "the card network warned about a payment.",
            _ => "the payment is being looked at.",
        };

    // One that names the top-up in flight ends it; one from outside leaves it to end by itself.
    private static AutoTopUpState Suspend(AutoTopUpState topUp, LedgerEntry entry)
    {
        var detail = entry.Detail!;
        var ended = detail.PurchaseId is not null && detail.PurchaseId == topUp.InFlight ? topUp with { InFlight = null } : topUp;
        if (ended.Suspended is { } before && TakesOperator(before) && !TakesOperator(detail.Suspended!.Value)) return ended;
        return ended with { Suspended = detail.Suspended, SuspensionMessage = detail.Message ?? "", SuspendedAt = entry.At };
    }

    private static AutoTopUpState Set(AutoTopUpState topUp, LedgerEntry entry)
    {
        var settings = entry.Detail!.Settings!;
        var capRaised = topUp.Suspended == SuspensionReason.MonthlyCap && (settings.MonthlyCap ?? long.MaxValue) > (topUp.Settings.MonthlyCap ?? long.MaxValue);
        var set = topUp with { Settings = settings, Version = entry.Sequence };
        return capRaised ? set with { Suspended = null, SuspensionMessage = "", SuspendedAt = null } : set;
    }

    private static AutoTopUpState Granted(AutoTopUpState topUp, LedgerEntry entry)
    {
        var detail = entry.Detail!;
        if (detail.Source == GrantSource.AutoTopUp)
        {
            var spent = checked(SpentThisMonth(topUp, entry.At) + (detail.Paid ?? 0));
            topUp = topUp with { SpendMonth = Month(entry.At), SpentInMonth = spent };
        }

        return detail.PurchaseId is { } id && id == topUp.InFlight ? topUp with { InFlight = null } : topUp;
    }

    private static int Month(DateTimeOffset at) => at.UtcDateTime.Year * 12 + at.UtcDateTime.Month;
}

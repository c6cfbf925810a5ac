namespace Connect.Accounts;

/// <summary>The owner's choice for auto top-up.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.auto-top-up-settings")]
public sealed record AutoTopUpSettings
{
    /// <summary>Whether it is on.</summary>
    [Id(0)] public bool Enabled { get; init; }

    /// <summary>Top up when available credits are below this; 1 to <see cref="AccountLimits.MaxCredits"/> when enabled.</summary>
    [Id(1)] public long Threshold { get; init; }

    /// <summary>Credits to buy each time; at least the threshold, so that one top-up always ends the shortfall it was started for.</summary>
    [Id(2)] public long Credits { get; init; }

    /// <summary>Most that auto top-up may charge in a calendar month (UTC), in minor units, tax included; null for no cap.</summary>
    [Id(3)] public long? MonthlyCap { get; init; }
}

/// <summary>Changes the settings of auto top-up. Any change by the owner clears no suspension: only what re-enables its reason does.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.set-auto-top-up")]
public sealed record SetAutoTopUp : AccountCommand
{
    /// <summary>The new settings.</summary>
    [Id(0)] public required AutoTopUpSettings Settings { get; init; }

    /// <summary>The version the caller saw (<see cref="AutoTopUpView.Version"/>); another one is refused with <see cref="PostOutcome.VersionConflict"/>. Null to overwrite.</summary>
    [Id(1)] public long? ExpectedVersion { get; init; }
}

/// <summary>The purchase of a top-up ended without credits: auto top-up stops for the reason.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.suspend-auto-top-up")]
public sealed record SuspendAutoTopUp : AccountCommand
{
    /// <summary>The purchase that failed; ignored unless it is the one in flight.</summary>
    [Id(0)] public required string PurchaseId { get; init; }

    /// <summary>Why it stops.</summary>
    [Id(1)] public required SuspensionReason Reason { get; init; }

    /// <summary>The sentence for the owner, such as "The card ending 0341 was declined."</summary>
    [Id(2)] public string Message { get; init; } = "";
}

/// <summary>
/// Something outside of any top-up stops auto top-up, whether it is on or off: only an operator resumes it. A top-up in flight still ends by itself.
/// Refused with <see cref="PostOutcome.NotApplicable"/> for a reason that a card or a month could end.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.stop-auto-top-up")]
public sealed record StopAutoTopUp : AccountCommand
{
    /// <summary>Why it stops.</summary>
    [Id(0)] public required SuspensionReason Reason { get; init; }

    /// <summary>The sentence for the owner.</summary>
    [Id(1)] public string Message { get; init; } = "";
}

/// <summary>
/// What re-enables a suspended auto top-up has happened: it is armed again and tries at once if still below.
/// Refused with <see cref="PostOutcome.NotApplicable"/> when it is not suspended, for a reason that the cause does not end, or by an attempt made after the cause.
/// </summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.resume-auto-top-up")]
public sealed record ResumeAutoTopUp : AccountCommand
{
    /// <summary>What happened, and so which suspensions end.</summary>
    [Id(0)] public ResumeCause Cause { get; init; }

    /// <summary>When it happened, UTC: it ends nothing that was tried afterwards. Null for now. Not part of the content.</summary>
    [Id(1)] public DateTimeOffset? Since { get; init; }
}

/// <summary>What re-enables auto top-up. The numbers are part of stored digests and never change.</summary>
public enum ResumeCause
{
    /// <summary>A card was added, updated or used with success: ends what the card or its absence caused.</summary>
    Card = 0,

    /// <summary>The owner asked for a retry: ends what the card or its absence caused.</summary>
    Owner = 1,

    /// <summary>An operator has looked at it: ends every suspension.</summary>
    Operator = 2,
}

/// <summary>Where auto top-up stands.</summary>
public enum AutoTopUpStatus
{
    /// <summary>The owner has not switched it on.</summary>
    Off,

    /// <summary>It will start a purchase when the balance is below the threshold.</summary>
    Armed,

    /// <summary>A purchase is being made; no second one starts.</summary>
    InFlight,

    /// <summary>It is on but stopped, for a reason.</summary>
    Suspended,
}

/// <summary>Why auto top-up is suspended, and so what re-enables it.</summary>
public enum SuspensionReason
{
    /// <summary>The bank declined the card; a new or updated card re-enables it.</summary>
    CardDeclined,

    /// <summary>The card is past its date; a new or updated card re-enables it.</summary>
    CardExpired,

    /// <summary>No card is saved; adding one re-enables it.</summary>
    NoCard,

    /// <summary>The bank wants the owner present; the card set up again re-enables it.</summary>
    AuthenticationRequired,

    /// <summary>The monthly cap would be passed; the next month or a higher cap re-enables it.</summary>
    MonthlyCap,

    /// <summary>An operator must look at the payment; only an operator re-enables it.</summary>
    NeedsReview,

    /// <summary>A payment of this account is disputed; only an operator re-enables it.</summary>
    Dispute,

    /// <summary>The card network warned that a payment of this account may be fraud; only an operator re-enables it.</summary>
    EarlyFraudWarning,
}

/// <summary>Auto top-up as the owner and operators see it.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.auto-top-up-view")]
public sealed record AutoTopUpView
{
    /// <summary>The settings in force.</summary>
    [Id(0)] public required AutoTopUpSettings Settings { get; init; }

    /// <summary>Where it stands.</summary>
    [Id(1)] public required AutoTopUpStatus Status { get; init; }

    /// <summary>Why it is suspended, if it is.</summary>
    [Id(2)] public SuspensionReason? SuspendedBecause { get; init; }

    /// <summary>One sentence on why it is not buying right now (off, balance not below the threshold, purchase in progress, suspended for …).</summary>
    [Id(3)] public required string Reason { get; init; }

    /// <summary>The purchase in flight, or the last one tried.</summary>
    [Id(4)] public string? PurchaseId { get; init; }

    /// <summary>When the last top-up started, UTC.</summary>
    [Id(5)] public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>Charged by auto top-up in the current calendar month (UTC), in minor units.</summary>
    [Id(6)] public long SpentThisMonth { get; init; }

    /// <summary>Version of the settings for If-Match; grows with every change of them.</summary>
    [Id(7)] public long Version { get; init; }
}

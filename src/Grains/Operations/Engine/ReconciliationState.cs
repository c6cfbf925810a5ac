using System.Collections.Immutable;
using Connect.Operations;

namespace Connect.Grains.Operations.Engine;

/// <summary>What is remembered of reconciliations: the reports, and how far the run under way has come.</summary>
[GenerateSerializer, Immutable, Alias("connect.operations.reconciliation-state")]
public sealed record ReconciliationState
{
    /// <summary>Runs so far.</summary>
    [Id(0)] public long Count { get; init; }

    /// <summary>The reports, newest first, the queued and the running one among them.</summary>
    [Id(1)] public ImmutableArray<ReconciliationReport> Reports { get; init; } = [];

    /// <summary>How far the run under way has come; null when none is.</summary>
    [Id(2)] public RunProgress? Run { get; init; }

    /// <summary>When the last run over the long window that completed was started, UTC.</summary>
    [Id(3)] public DateTimeOffset? LongAt { get; init; }
}

/// <summary>What a run does next. Stored by number, and gone through in this order.</summary>
public enum RunStage
{
    /// <summary>Intents at Stripe against purchases and ledgers.</summary>
    Intents,

    /// <summary>Refunds at Stripe.</summary>
    Refunds,

    /// <summary>Disputes at Stripe.</summary>
    Disputes,

    /// <summary>Bought credits in the ledgers against Stripe.</summary>
    Grants,

    /// <summary>What was wrong after a prompt, once more.</summary>
    Again,

    /// <summary>Early fraud warnings at Stripe; after the disputes.</summary>
    Warnings,

    /// <summary>Every account, in a run on demand; the first of all, so that Stripe can not keep it from being told.</summary>
    Accounts,
}

/// <summary>How far a run has come. A crash goes on from here.</summary>
[GenerateSerializer, Immutable, Alias("connect.operations.run-progress")]
public sealed record RunProgress
{
    /// <summary>Its report.</summary>
    [Id(0)] public required string ReportId { get; init; }

    /// <summary>What it does next.</summary>
    [Id(1)] public RunStage Stage { get; init; }

    /// <summary>Last id of the last page of Stripe's list, or of the accounts'.</summary>
    [Id(2)] public string? After { get; init; }

    /// <summary>Last grant of the last page of the ledgers' list.</summary>
    [Id(3)] public GrantCursor? AfterGrant { get; init; }

    /// <summary>What is looked at once more at the end.</summary>
    [Id(4)] public ImmutableArray<Suspect> Suspects { get; init; } = [];

    /// <summary>Rounds of looking once more.</summary>
    [Id(5)] public int Rounds { get; init; }

    /// <summary>Failures in a row.</summary>
    [Id(6)] public int Failures { get; init; }

    /// <summary>When it last came further, UTC; null before the first page was saved.</summary>
    [Id(7)] public DateTimeOffset? SavedAt { get; init; }
}

/// <summary>A place in the list of bought grants.</summary>
[GenerateSerializer, Immutable, Alias("connect.operations.grant-cursor")]
public sealed record GrantCursor
{
    /// <summary>The account.</summary>
    [Id(0)] public required string AccountId { get; init; }

    /// <summary>The entry.</summary>
    [Id(1)] public required long Sequence { get; init; }

    /// <summary>When it was posted, UTC.</summary>
    [Id(2)] public required DateTimeOffset At { get; init; }
}

/// <summary>What may yet be healed.</summary>
[GenerateSerializer, Immutable, Alias("connect.operations.suspect")]
public sealed record Suspect
{
    /// <summary>Where it was found, and so how it is compared.</summary>
    [Id(0)] public required RunStage Stage { get; init; }

    /// <summary>The intent.</summary>
    [Id(1)] public string? IntentId { get; init; }

    /// <summary>The refund or dispute.</summary>
    [Id(2)] public string? MoneyBackId { get; init; }

    /// <summary>The purchase.</summary>
    [Id(3)] public string? Purchase { get; init; }

    /// <summary>What was wrong.</summary>
    [Id(4)] public required PaymentFindingKind Kind { get; init; }

    /// <summary>In words.</summary>
    [Id(5)] public required string Words { get; init; }

    /// <summary>The account that could not be checked.</summary>
    [Id(6)] public string? AccountId { get; init; }
}

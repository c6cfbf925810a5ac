using Connect.Accounts;

namespace Connect.Grains.Accounts.Engine;

/// <summary>Auto top-up as the ledger's entries leave it.</summary>
[GenerateSerializer, Immutable, Alias("connect.accounts.engine.auto-top-up")]
public sealed record AutoTopUpState
{
    /// <summary>The owner's settings.</summary>
    [Id(0)] public AutoTopUpSettings Settings { get; init; } = new();

    /// <summary>Sequence of the entry that set them; 0 before the first.</summary>
    [Id(1)] public long Version { get; init; }

    /// <summary>The purchase in flight, if one is.</summary>
    [Id(2)] public string? InFlight { get; init; }

    /// <summary>Why it is suspended, if it is.</summary>
    [Id(3)] public SuspensionReason? Suspended { get; init; }

    /// <summary>The sentence that came with the suspension.</summary>
    [Id(4)] public string SuspensionMessage { get; init; } = "";

    /// <summary>When it was suspended.</summary>
    [Id(5)] public DateTimeOffset? SuspendedAt { get; init; }

    /// <summary>The purchase of the last attempt.</summary>
    [Id(6)] public string? LastPurchaseId { get; init; }

    /// <summary>When the last attempt started.</summary>
    [Id(7)] public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>The month that <see cref="SpentInMonth"/> is about, as year * 12 + month.</summary>
    [Id(8)] public int SpendMonth { get; init; }

    /// <summary>Minor units that auto top-up charged in that month.</summary>
    [Id(9)] public long SpentInMonth { get; init; }
}
